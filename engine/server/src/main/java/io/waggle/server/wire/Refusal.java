package io.waggle.server.wire;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.google.rpc.BadRequest.FieldViolation;
import com.google.rpc.Code;
import com.google.rpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.waggle.core.rule.Violation;
import java.util.List;

/**
 * The answers that are not an OK, each with what the caller can do about it. Broken rules travel as
 * {@code google.rpc.BadRequest} beside a message that says the same in words.
 */
public final class Refusal {
  // Status and details travel as HTTP/2 headers, of which clients take 8 KiB by default; the
  // violations appear twice, once of them in base64.
  private static final int MAX_VIOLATION_CHARACTERS = 1_600;

  private Refusal() {}

  /** INVALID_ARGUMENT with the fields and the rules they broke; at least one violation. */
  public static StatusRuntimeException invalid(List<Violation> violations) {
    BadRequest.Builder details = BadRequest.newBuilder();
    StringBuilder message = new StringBuilder();
    for (Violation violation : violations) {
      String text = violation.toString();
      if (!message.isEmpty()) {
        if (message.length() + text.length() > MAX_VIOLATION_CHARACTERS) {
          message.append("; and more");
          break;
        }
        message.append("; ");
      }
      message.append(cut(text));
      details.addFieldViolations(
          FieldViolation.newBuilder()
              .setField(cut(violation.field()))
              .setDescription(cut(violation.rule())));
    }
    return status(Code.INVALID_ARGUMENT, message.toString(), List.of(Any.pack(details.build())));
  }

  /** INVALID_ARGUMENT for one field. */
  public static StatusRuntimeException invalid(String field, String rule) {
    return invalid(List.of(new Violation(field, rule)));
  }

  /** NOT_FOUND: no such surface; the field says where it was named. */
  public static StatusRuntimeException unknownSurface(String field, String surface) {
    return status(
        Code.NOT_FOUND, field + ": no surface \"" + cut(surface) + "\" is configured", List.of());
  }

  /** NOT_FOUND: something named is not there; as {@code field: what}. */
  public static StatusRuntimeException notFound(String message) {
    return status(Code.NOT_FOUND, message, List.of());
  }

  /** ALREADY_EXISTS: a name is taken; as {@code field: what}. */
  public static StatusRuntimeException alreadyExists(String message) {
    return status(Code.ALREADY_EXISTS, message, List.of());
  }

  /** FAILED_PRECONDITION: what is asked for cannot be done as things are. */
  public static StatusRuntimeException failedPrecondition(String message) {
    return status(Code.FAILED_PRECONDITION, message, List.of());
  }

  /** UNAVAILABLE: trying again later helps. */
  public static StatusRuntimeException unavailable(String message) {
    return status(Code.UNAVAILABLE, message, List.of());
  }

  /** RESOURCE_EXHAUSTED: a bound is reached. */
  public static StatusRuntimeException exhausted(String message) {
    return status(Code.RESOURCE_EXHAUSTED, message, List.of());
  }

  /** INTERNAL: a bug; the log has the rest. */
  public static StatusRuntimeException internal() {
    return status(Code.INTERNAL, "internal error; the service's log says more", List.of());
  }

  private static StatusRuntimeException status(Code code, String message, List<Any> details) {
    return StatusProto.toStatusRuntimeException(
        Status.newBuilder()
            .setCode(code.getNumber())
            .setMessage(message)
            .addAllDetails(details)
            .build());
  }

  private static String cut(String text) {
    return text.length() <= MAX_VIOLATION_CHARACTERS / 2
        ? text
        : text.substring(0, MAX_VIOLATION_CHARACTERS / 2) + "...";
  }
}
