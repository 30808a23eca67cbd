// Calls of the kernel that take a variable number of arguments, which Swift does not import.

#ifndef CSUPERVISION_H
#define CSUPERVISION_H

/// Makes this process the parent of every descendant whose own parent dies, where the system can.
///
/// Returns 1 where it did, 0 elsewhere.
int supervision_adopt_orphans(void);

#endif
