// Orphans come to the process that asks for them, not to process 1: so a daemon can't leave its tree.

#include "CSupervision.h"

#if defined(__linux__)
#include <sys/prctl.h>

int supervision_adopt_orphans(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0; }
#else
int supervision_adopt_orphans(void) { return 0; }
#endif
