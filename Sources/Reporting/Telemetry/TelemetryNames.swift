// Every name that Faultline's telemetry uses, in one file: conventions move, and then this is what has to change.
//
// GenAI conventions: github.com/open-telemetry/semantic-conventions-genai, docs/gen-ai/gen-ai-agent-spans.md and
// gen-ai-spans.md; all of them are still in "Development". HTTP, error, server, url and service conventions:
// github.com/open-telemetry/semantic-conventions, docs/http/http-spans.md; stable. What neither knows stands under
// `faultline.`, so that no name of ours can come to mean something else.

/// Names of attributes, events and values, as observability backends know them.
enum TelemetryNames {
  // MARK: Resource

  static let serviceName = "service.name"
  static let serviceNamespace = "service.namespace"
  static let serviceVersion = "service.version"
  static let sdkName = "telemetry.sdk.name"
  static let sdkLanguage = "telemetry.sdk.language"
  static let sdkVersion = "telemetry.sdk.version"

  // MARK: GenAI

  static let operationName = "gen_ai.operation.name"
  static let providerName = "gen_ai.provider.name"
  static let workflowName = "gen_ai.workflow.name"
  static let conversationID = "gen_ai.conversation.id"
  static let agentID = "gen_ai.agent.id"
  static let agentName = "gen_ai.agent.name"
  static let agentVersion = "gen_ai.agent.version"
  static let toolName = "gen_ai.tool.name"
  static let toolType = "gen_ai.tool.type"
  static let toolDescription = "gen_ai.tool.description"
  static let toolCallID = "gen_ai.tool.call.id"
  static let toolCallArguments = "gen_ai.tool.call.arguments"
  static let toolCallResult = "gen_ai.tool.call.result"

  static let invokeWorkflow = "invoke_workflow"
  static let invokeAgent = "invoke_agent"
  static let executeTool = "execute_tool"
  /// Not among the conventions' values: their `plan` is about making a strategy, this is one step of one.
  static let decide = "decide"
  /// The value of `gen_ai.tool.type` for a tool that the agent's side calls.
  static let function = "function"

  // MARK: HTTP

  static let requestMethod = "http.request.method"
  static let resendCount = "http.request.resend_count"
  static let statusCode = "http.response.status_code"
  static let idempotencyKeyHeader = "http.request.header.idempotency-key"
  static let route = "http.route"
  static let urlFull = "url.full"
  static let urlPath = "url.path"
  static let urlScheme = "url.scheme"
  static let serverAddress = "server.address"
  static let serverPort = "server.port"
  static let errorType = "error.type"

  // MARK: Faultline's own

  static let scenario = "faultline.scenario"
  static let without = "faultline.without"
  static let seed = "faultline.seed"
  static let plan = "faultline.plan"
  static let verdict = "faultline.verdict"
  static let ending = "faultline.outcome"
  static let violations = "faultline.violations"
  static let traceHash = "faultline.trace_hash"
  static let endReason = "faultline.end_reason"
  /// The event's number in the run, which evidence in verdicts refers to.
  static let eventIndex = "faultline.event.index"
  static let process = "faultline.process"
  static let trigger = "faultline.process.trigger"
  static let landmark = "faultline.process.until"
  static let step = "faultline.step"
  static let isCompensation = "faultline.compensation"
  static let idempotencyKey = "faultline.idempotency.key"
  static let fence = "faultline.fence"
  static let principal = "faultline.principal"
  /// What the caller may conclude: `succeeded failed not-now unknown`.
  static let callOutcome = "faultline.call.outcome"
  /// The truth: how many effects the call had in its system.
  static let callEffects = "faultline.call.effects"
  static let repeatKey = "faultline.repeat.key"
  static let repeatReadBack = "faultline.repeat.read_back"
  static let isCopy = "faultline.copy"
  static let vendorCode = "faultline.error.code"
  static let vendorMessage = "faultline.error.message"
  static let retryAfter = "faultline.retry_after_s"
  static let backend = "faultline.backend"

  static let decisionPoint = "faultline.decision.point"
  static let decisionAlternatives = "faultline.decision.alternatives"
  static let decisionChosen = "faultline.decision.chosen"
  static let decisionProposed = "faultline.decision.proposed"
  static let decisionConfidence = "faultline.decision.confidence"
  static let decisionReason = "faultline.decision.reason"
  static let decisionFacts = "faultline.decision.facts"
  static let decisionText = "faultline.decision.text"
  static let decisionFields = "faultline.decision.fields"

  static let faultName = "faultline.fault.name"
  static let faultSite = "faultline.fault.site"
  static let faultTookEffect = "faultline.fault.took_effect"

  static let effectKind = "faultline.effect.kind"
  static let effectChange = "faultline.effect.change"
  static let effectObject = "faultline.effect.object"
  static let effectOwner = "faultline.effect.owner"
  static let effectAmount = "faultline.effect.amount"
  static let effectPrincipal = "faultline.effect.principal"

  static let storeLabel = "faultline.store.label"
  static let storeIsWrite = "faultline.store.write"
  static let storeStaleWrite = "faultline.store.stale_write"

  static let claimText = "faultline.claim.text"
  static let claimReason = "faultline.claim.reason"
  static let claimNextAction = "faultline.claim.next_action"
  static let claimHoldings = "faultline.claim.holdings"
  static let claimPossibly = "faultline.claim.possibly"

  static let transitionFrom = "faultline.transition.from"
  static let transitionTo = "faultline.transition.to"
  static let transitionIsAllowed = "faultline.transition.allowed"
  static let guardHolds = "faultline.guard.holds"
  static let object = "faultline.object"
  static let readBackFound = "faultline.read_back.found"
  static let mark = "faultline.mark"
  static let topic = "faultline.message.topic"
  static let messageID = "faultline.message.id"
  static let recipient = "faultline.message.to"
  static let person = "faultline.person"
  static let deskStep = "faultline.desk.step"
  static let leftOpen = "faultline.left_open"
}
