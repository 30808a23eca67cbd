// Cloud's and identity's objects as EC2 and IAM write them.

import Faultline
import Operations
import Primitives

/// The elements that AWS documents for its objects, as far as the systems know what stands in them.
enum QueryXML {
  /// A made-up account, the one of AWS's own examples.
  private static let account = "123456789012"

  // MARK: EC2

  static func vpc(ofSubnet id: String) -> String {
    id.hasPrefix("subnet-") ? "vpc-" + id.dropFirst("subnet-".count) : id
  }

  static func vpc(_ body: Fields) -> [XML] {
    [
      XML("vpcId", body.text("id") ?? ""), XML("ownerId", account), XML("state", body.text("state") ?? "available"),
      XML("cidrBlock", "10.0.0.0/16"), XML("isDefault", "false"), tags(of: body),
    ]
  }

  static func subnet(_ body: Fields) -> [XML] {
    [
      XML("subnetId", subnet(of: body.text("id"))), XML("vpcId", body.text("id") ?? ""), XML("state", "available"),
      XML("cidrBlock", "10.0.0.0/16"), tags(of: body),
    ]
  }

  private static func subnet(of vpc: String?) -> String {
    (vpc ?? "").hasPrefix("vpc-") ? "subnet-" + (vpc ?? "").dropFirst(4) : vpc ?? ""
  }

  /// What `RunInstances` answers with, and what a reservation in a list has.
  static func reservation(_ body: Fields) -> [XML] {
    [
      XML("reservationId", "r-" + (body.text("id") ?? "").dropFirst(2)), XML("ownerId", account),
      XML("instancesSet", [XML("item", instance(body))]),
    ]
  }

  private static func instance(_ body: Fields) -> [XML] {
    var elements = [
      XML("instanceId", body.text("id") ?? ""), XML("instanceState", state(body.text("state"))),
      XML("instanceType", body.text("plan") ?? ""), XML("vpcId", body.text("network") ?? ""),
      XML("subnetId", subnet(of: body.text("network"))), XML("amiLaunchIndex", "0"),
      XML("placement", [XML("availabilityZone", body.text("zone") ?? (body.text("region") ?? "") + "a")]),
    ]
    if let launched = body["launched_at"]?.instant { elements.append(XML("launchTime", launched.toTheSecond)) }
    if let reason = body.text("reason") {
      elements.append(XML("reason", reason))
      elements.append(XML("stateReason", [XML("code", reason), XML("message", reason)]))
    }
    elements.append(tags(of: body, also: body.int("count").map { [("count", String($0))] } ?? []))
    return elements
  }

  /// What `TerminateInstances` answers with for each instance.
  static func change(_ body: Fields) -> [XML] {
    [
      XML("instanceId", body.text("id") ?? ""), XML("currentState", state(body.text("state"))),
      XML("previousState", state("running")),
    ]
  }

  /// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceState.html. Being modified is no state of an
  /// instance: it runs.
  private static func state(_ name: String?) -> [XML] {
    let name = name == "modifying" ? "running" : name ?? "pending"
    let code = ["pending": 0, "running": 16, "shutting-down": 32, "terminated": 48][name] ?? 0
    return [XML("code", String(code)), XML("name", name)]
  }

  private static func tags(of body: Fields, also more: [(String, String)] = []) -> XML {
    let tags = [("Name", body.text("name")), ("customer", body.text("customer"))].compactMap { tag in
      tag.1.map { (tag.0, $0) }
    }
    return XML("tagSet", (tags + more).map { XML("item", [XML("key", $0.0), XML("value", $0.1)]) })
  }

  // MARK: IAM

  /// Members in IAM's lists of tags.
  private static func members(of body: Fields) -> XML {
    XML(
      "Tags",
      body.text("customer").map { [XML("member", [XML("Key", "customer"), XML("Value", $0)])] } ?? [])
  }

  static func role(_ body: Fields) -> [XML] {
    let name = body.text("name") ?? ""
    return [
      XML("Path", "/"), XML("RoleName", name), XML("RoleId", body.text("id") ?? ""),
      XML("Arn", "arn:aws:iam::\(account):role/\(name)"), members(of: body),
    ]
  }

  static func policy(_ body: Fields) -> [XML] {
    let name = body.text("name") ?? ""
    return [
      XML("PolicyName", name), XML("PolicyId", body.text("id") ?? ""), XML("Arn", arn(ofPolicy: name)),
      XML("Path", "/"), XML("DefaultVersionId", "v1"), XML("IsAttachable", "true"), members(of: body),
    ]
  }

  static func attached(_ body: Fields) -> [XML] {
    let name = body.text("policy") ?? ""
    return [XML("PolicyName", name), XML("PolicyArn", arn(ofPolicy: name))]
  }

  private static func arn(ofPolicy name: String) -> String { "arn:aws:iam::\(account):policy/\(name)" }

  /// AWS's libraries send no key id of less than 16 characters; this ending makes ours long enough.
  static let ending = "EXAMPLE"

  static func accessKey(_ body: Fields) -> [XML] {
    var elements = [
      XML("UserName", body.text("role") ?? ""), XML("AccessKeyId", (body.text("id") ?? "") + ending),
      XML("Status", body.text("status") ?? "Active"),
    ]
    if let secret = body.text("secret") { elements.append(XML("SecretAccessKey", secret)) }
    return elements
  }
}
