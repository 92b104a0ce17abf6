"""Reads {operation: input} as JSON; prints what the AWS SDK, whose models ship with it, has against it. It alone does not mind values of enumerations."""
import json
import sys

from botocore.session import get_session
from botocore.validate import ParamValidator


def strange(value, shape, path):
    if shape.type_name == "structure":
        for key, inner in value.items():
            if key in shape.members:
                yield from strange(inner, shape.members[key], f"{path}.{key}")
    elif shape.type_name == "list":
        for index, inner in enumerate(value):
            yield from strange(inner, shape.member, f"{path}[{index}]")
    elif shape.type_name == "string" and shape.enum and value not in shape.enum:
        yield f"{path} cannot be {value}"


model = get_session().get_service_model("ecs")
for operation, parameters in json.load(sys.stdin).items():
    shape = model.operation_model(operation).input_shape
    report = ParamValidator().validate(parameters, shape).generate_report()
    for line in [*report.splitlines(), *strange(parameters, shape, operation)]:
        print(line)
