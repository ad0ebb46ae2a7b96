package io.waggle.server.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.grpc.UnframedGrpcErrorHandler;
import com.linecorp.armeria.server.grpc.UnframedGrpcStatusMappingFunction;
import io.grpc.Status;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Refusals for callers who speak JSON: {@code {"code":"INVALID_ARGUMENT","message":"...",
 * "violations":[{"field":"...","rule":"..."}]}} with the HTTP status that belongs to the code.
 */
public final class JsonErrors implements UnframedGrpcErrorHandler {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DETAILS = "grpc-status-details-bin";

  @Override
  public HttpResponse handle(
      ServiceRequestContext context, Status status, AggregatedHttpResponse response) {
    HttpStatus mapped =
        UnframedGrpcStatusMappingFunction.of().apply(context, status, status.getCause());
    HttpStatus httpStatus = mapped == null ? HttpStatus.INTERNAL_SERVER_ERROR : mapped;
    String details = response.trailers().get(DETAILS);
    return json(
        httpStatus,
        status.getCode().name(),
        decoded(String.valueOf(status.getDescription())),
        violations(details == null ? response.headers().get(DETAILS) : details));
  }

  /** As it was before gRPC wrote it into a header, where all but plain ASCII is percent-encoded. */
  private static String decoded(String description) {
    try {
      return URLDecoder.decode(description.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      // A percent sign of its own: it was never encoded.
      return description;
    }
  }

  /** The same form for errors that never reached a method. */
  public static HttpResponse json(HttpStatus status, String code, String message) {
    return json(status, code, message, List.of());
  }

  /** The bytes of that form, without violations. */
  static byte[] body(String code, String message) {
    return body(code, message, List.of());
  }

  private static HttpResponse json(
      HttpStatus status, String code, String message, List<Map<String, String>> violations) {
    return HttpResponse.of(
        status, MediaType.JSON_UTF_8, HttpData.wrap(body(code, message, violations)));
  }

  private static byte[] body(String code, String message, List<Map<String, String>> violations) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("code", code);
    body.put("message", message);
    if (!violations.isEmpty()) {
      body.put("violations", violations);
    }
    return bytes(body);
  }

  /** A value as JSON. */
  public static byte[] bytes(Object value) {
    try {
      return JSON.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps and lists of text are always JSON", e);
    }
  }

  private static List<Map<String, String>> violations(@Nullable String details) {
    List<Map<String, String>> violations = new ArrayList<>();
    if (details == null) {
      return violations;
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(details);
      for (Any any : com.google.rpc.Status.parseFrom(bytes).getDetailsList()) {
        if (any.is(BadRequest.class)) {
          for (var violation : any.unpack(BadRequest.class).getFieldViolationsList()) {
            violations.add(
                Map.of("field", violation.getField(), "rule", violation.getDescription()));
          }
        }
      }
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      // The details only repeat the message; without them the answer still says what is wrong.
      return List.of();
    }
    return violations;
  }
}
