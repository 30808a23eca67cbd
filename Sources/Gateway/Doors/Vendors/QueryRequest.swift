// Which operations of cloud and identity an action of AWS's Query APIs asks for.

import Faultline
import Operations
import Primitives

/// What an action comes to.
struct QueryCall {
  var calls: [VendorCall]
  /// An error that this action's documentation calls a success: what was asked for is so already.
  var harmless: Name?
  /// What the answers lack although the system has no word for it: an id that was asked for by name.
  var check: (([Fields]) -> QueryRequest.Problem?)?
  /// The answers' bodies, one for each call, as the action's result.
  var write: ([Fields]) -> [XML]

  init(_ calls: [VendorCall], write: @escaping ([Fields]) -> [XML]) {
    self.calls = calls
    self.write = write
  }
}

/// The form of an action.
struct QueryRequest {
  struct Problem: Error {
    var code: String
    var message: String
  }

  let form: Form
  /// From the signature; EC2 has it nowhere else.
  let region: String

  init(_ form: Form, region: String) {
    self.form = form
    self.region = region
  }

  func required(_ name: String) throws(Problem) -> String {
    guard let value = form[name] else {
      throw Problem(code: "MissingParameter", message: "The request must contain the parameter \(name)")
    }
    return value
  }

  /// - Throws: where it is no whole number.
  func int(_ name: String) throws(Problem) -> Int64? {
    guard let text = form[name] else { return nil }
    guard let int = Int64(text) else {
      throw Problem(code: "InvalidParameterValue", message: "Value (\(text)) for parameter \(name) is invalid.")
    }
    return int
  }

  /// The tags of a list such as `Tag` (EC2) or `Tags.member` (IAM).
  func tags(_ list: String) -> [String: String] {
    pairs(of: list, "Key", "Value")
  }

  /// What `Filter.N` asks for, by the filter's name; of several values the first.
  private var filters: [String: String] {
    pairs(of: "Filter", "Name", "Value.1")
  }

  /// The values of a list by their names; its items are numbered from 1.
  private func pairs(of list: String, _ name: String, _ value: String) -> [String: String] {
    var pairs: [String: String] = [:]
    var number = 1
    while let key = form["\(list).\(number).\(name)"] {
      pairs[key] = form["\(list).\(number).\(value)"] ?? ""
      number += 1
    }
    return pairs
  }

  private static func unknown(_ action: String) -> Problem {
    Problem(code: "InvalidAction", message: "The action \(action) is not valid for this web service.")
  }

  // MARK: EC2

  /// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/
  ///
  /// A cluster is one instance with the tag `count`; a network is a VPC and has one subnet, whose id has its digits.
  /// Tags `Name` and `customer` say what an object is called and whose it is.
  func ec2(_ action: String) throws(Problem) -> QueryCall {
    switch action {
    case "CreateVpc":
      let tags = tags("TagSpecification.1.Tag")
      var arguments: Fields = ["name": .text(tags["Name"] ?? ""), "region": .text(region)]
      arguments.put("customer", tags["customer"])
      return QueryCall([VendorCall("cloud.create_network", arguments)]) { [XML("vpc", QueryXML.vpc($0.last ?? [:]))] }
    case "DescribeVpcs", "DescribeSubnets": return networks(action)
    case "DeleteVpc":
      return QueryCall([VendorCall("cloud.delete_network", ["network": .text(try required("VpcId"))])]) { _ in
        [XML("return", "true")]
      }
    case "RunInstances": return try launch()
    case "DescribeInstances": return instances()
    case "CreateTags":
      let tags = tags("Tag")
      var arguments: Fields = [:]
      arguments.put("name", tags["Name"])
      arguments.put("customer", tags["customer"])
      return QueryCall(
        try ids("ResourceId").map { VendorCall("cloud.tag_cluster", arguments.with("cluster", $0)) }
      ) { _ in [XML("return", "true")] }
    case "TerminateInstances":
      return QueryCall(try ids("InstanceId").map { VendorCall("cloud.terminate_cluster", ["cluster": .text($0)]) }) {
        [XML("instancesSet", $0.map { XML("item", QueryXML.change($0)) })]
      }
    case "ModifyInstanceAttribute":
      return QueryCall([
        VendorCall(
          "cloud.modify_cluster",
          ["cluster": .text(try required("InstanceId")), "plan": .text(try required("InstanceType.Value"))])
      ]) { _ in [XML("return", "true")] }
    default: throw Self.unknown(action)
    }
  }

  private func ids(_ name: String) throws(Problem) -> [String] {
    _ = try required("\(name).1")
    return form.numbered(name)
  }

  private func launch() throws(Problem) -> QueryCall {
    let subnet: String
    if let given = form["SubnetId"] { subnet = given } else { subnet = try required("NetworkInterface.1.SubnetId") }
    let tags = tags("TagSpecification.1.Tag")
    var arguments: Fields = [
      "name": .text(tags["Name"] ?? ""), "network": .text(QueryXML.vpc(ofSubnet: subnet)),
      "plan": .text(form["InstanceType"] ?? "pro"), "region": .text(region),
    ]
    arguments.put("zone", form["Placement.AvailabilityZone"])
    if let count = try int("MaxCount") { arguments["count"] = .int(count) }
    if let least = try int("MinCount") { arguments["min_count"] = .int(least) }
    arguments.put("customer", tags["customer"])
    return QueryCall([VendorCall("cloud.create_cluster", arguments, key: form["ClientToken"])]) { bodies in
      QueryXML.reservation(bodies.last ?? [:])
    }
  }

  private func instances() -> QueryCall {
    let wanted = form.numbered("InstanceId")
    if !wanted.isEmpty {
      return QueryCall(wanted.map { VendorCall("cloud.describe_cluster", ["cluster": .text($0)]) }) { bodies in
        [XML("reservationSet", bodies.map { XML("item", QueryXML.reservation($0)) })]
      }
    }
    let filters = filters
    var arguments: Fields = ["region": .text(region)]
    arguments.put("name", filters["tag:Name"])
    arguments.put("customer", filters["tag:customer"])
    let state = filters["instance-state-name"]
    return QueryCall([VendorCall("cloud.list_clusters", arguments)]) { bodies in
      let found = (bodies.last?["clusters"]?.list ?? []).compactMap(\.record)
      return [
        XML(
          "reservationSet",
          found.filter { state == nil || $0.text("state") == state }.map { XML("item", QueryXML.reservation($0)) })
      ]
    }
  }

  private func networks(_ action: String) -> QueryCall {
    let filters = filters
    let isSubnets = action == "DescribeSubnets"
    var wanted = form.numbered(isSubnets ? "SubnetId" : "VpcId").map { QueryXML.vpc(ofSubnet: $0) }
    if let id = filters["vpc-id"] { wanted.append(id) }
    let isByName = isSubnets ? form["SubnetId.1"] != nil : form["VpcId.1"] != nil
    var arguments: Fields = ["region": .text(region)]
    arguments.put("name", filters["tag:Name"])
    arguments.put("customer", filters["tag:customer"])
    func found(_ bodies: [Fields]) -> [Fields] {
      (bodies.last?["networks"]?.list ?? []).compactMap(\.record).filter {
        wanted.isEmpty || wanted.contains($0.text("id") ?? "")
      }
    }
    var call = QueryCall([VendorCall("cloud.describe_networks", arguments)]) { bodies in
      isSubnets
        ? [XML("subnetSet", found(bodies).map { XML("item", QueryXML.subnet($0)) })]
        : [XML("vpcSet", found(bodies).map { XML("item", QueryXML.vpc($0)) })]
    }
    if isByName {
      call.check = { bodies in
        let there = found(bodies).compactMap { $0.text("id") }
        return wanted.first { !there.contains($0) }.map {
          Problem(code: "InvalidVpcID.NotFound", message: "The vpc ID '\($0)' does not exist")
        }
      }
    }
    return call
  }

  // MARK: IAM

  /// https://docs.aws.amazon.com/IAM/latest/APIReference/
  ///
  /// Attaching a policy makes the binding `ROLE.POLICY`; attaching what is attached changes nothing, as documented.
  /// Access keys are a role's here, whose name stands for the `UserName`.
  func iam(_ action: String) throws(Problem) -> QueryCall {
    switch action {
    case "CreateRole":
      var arguments: Fields = ["name": .text(try required("RoleName"))]
      arguments.put("customer", tags("Tags.member")["customer"])
      return one("identity.create_role", arguments) { [XML("Role", QueryXML.role($0))] }
    case "GetRole":
      return one("identity.get_role", ["name": .text(try required("RoleName"))]) { [XML("Role", QueryXML.role($0))] }
    case "DeleteRole": return one("identity.delete_role", ["name": .text(try required("RoleName"))]) { _ in [] }
    case "CreatePolicy":
      var arguments: Fields = [
        "name": .text(try required("PolicyName")), "document": .text(try required("PolicyDocument")),
      ]
      arguments.put("customer", tags("Tags.member")["customer"])
      return one("identity.create_policy", arguments) { [XML("Policy", QueryXML.policy($0))] }
    case "GetPolicy":
      return one("identity.get_policy", ["name": .text(try policy())]) { [XML("Policy", QueryXML.policy($0))] }
    case "DeletePolicy": return one("identity.delete_policy", ["name": .text(try policy())]) { _ in [] }
    case "PutRolePolicy":
      return one(
        "identity.create_policy",
        [
          "name": .text(try required("PolicyName")), "document": .text(try required("PolicyDocument")),
          "role": .text(try required("RoleName")),
        ]) { _ in [] }
    case "DeleteRolePolicy":
      _ = try required("RoleName")
      return one("identity.delete_policy", ["name": .text(try required("PolicyName"))]) { _ in [] }
    case "AttachRolePolicy", "DetachRolePolicy":
      let (role, policy) = (try required("RoleName"), try policy())
      let isNew = action == "AttachRolePolicy"
      var arguments: Fields = ["name": .text("\(role).\(policy)")]
      if isNew {
        arguments.put("role", role)
        arguments.put("policy", policy)
      }
      var call = one(isNew ? "identity.create_binding" : "identity.delete_binding", arguments) { _ in [] }
      if isNew { call.harmless = "EntityAlreadyExists" }
      return call
    case "ListAttachedRolePolicies":
      return one("identity.list_bindings", ["role": .text(try required("RoleName"))]) { body in
        let found = (body["bindings"]?.list ?? []).compactMap(\.record)
        let members = found.map { XML("member", QueryXML.attached($0)) }
        return [XML("AttachedPolicies", members), XML("IsTruncated", "false")]
      }
    case "CreateAccessKey":
      return one("identity.create_access_key", ["role": .text(try required("UserName"))]) {
        [XML("AccessKey", QueryXML.accessKey($0))]
      }
    case "ListAccessKeys":
      return one("identity.list_access_keys", ["role": .text(try required("UserName"))]) { body in
        let found = (body["access_keys"]?.list ?? []).compactMap(\.record)
        let members = found.map { XML("member", QueryXML.accessKey($0)) }
        return [XML("AccessKeyMetadata", members), XML("IsTruncated", "false")]
      }
    case "UpdateAccessKey":
      return one(
        "identity.update_access_key",
        ["access_key": .text(try accessKey()), "status": .text(try required("Status"))]) { _ in [] }
    case "DeleteAccessKey":
      return one("identity.delete_access_key", ["access_key": .text(try accessKey())]) { _ in [] }
    default: throw Self.unknown(action)
    }
  }

  private func one(_ operation: Name, _ arguments: Fields, write: @escaping (Fields) -> [XML]) -> QueryCall {
    QueryCall([VendorCall(operation, arguments)]) { write($0.last ?? [:]) }
  }

  /// The id of a key as identity knows it.
  private func accessKey() throws(Problem) -> String {
    let id = try required("AccessKeyId")
    return id.hasSuffix(QueryXML.ending) ? String(id.dropLast(QueryXML.ending.count)) : id
  }

  /// The name at the end of an ARN.
  private func policy() throws(Problem) -> String {
    let arn = try required("PolicyArn")
    return arn.split(separator: "/").last.map(String.init) ?? arn
  }
}

extension Fields {
  fileprivate func with(_ name: Name, _ text: String) -> Fields {
    var fields = self
    fields[name] = .text(text)
    return fields
  }
}
