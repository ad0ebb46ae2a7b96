package io.waggle.server.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.ClosedSessionException;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestContext;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.grpc.GrpcExceptionHandlerFunction;
import com.linecorp.armeria.common.stream.ClosedStreamException;
import com.linecorp.armeria.server.RequestTimeoutException;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What goes wrong before a method is reached, said so that a caller can mend it: bytes that are not
 * JSON, keys that no message has, requests over the bound, paths that are not there. Names none of
 * our classes. Any thread.
 */
public final class ClearErrors implements ServerErrorHandler, GrpcExceptionHandlerFunction {
  private static final Logger LOG = LoggerFactory.getLogger(ClearErrors.class);

  /** Of a path so many characters are told. */
  private static final int PATH_TOLD = 200;

  private static final Pattern PARSER_SOURCE =
      Pattern.compile("\\s*(?:at )?\\[Source: [^\\]]*; (line: \\d+, column: \\d+)\\]");
  private static final Pattern PARSER_OPTION = Pattern.compile(": enable `[^`]*` to allow");
  private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"");

  private final int maxRequestBytes;

  public ClearErrors(int maxRequestBytes) {
    this.maxRequestBytes = maxRequestBytes;
  }

  /** For calls of gRPC services: the request could not be read, or its caller did not wait. */
  @Override
  public Status apply(RequestContext context, Status status, Throwable cause, Metadata metadata) {
    if (status.getCode() == Status.Code.RESOURCE_EXHAUSTED
        && cause.getMessage() != null
        && cause.getMessage().contains("exceeds maximum")) {
      return Status.RESOURCE_EXHAUSTED.withDescription(
          "request: too large (expected: at most " + maxRequestBytes + " bytes)");
    }
    if (cause instanceof ClosedStreamException || cause instanceof ClosedSessionException) {
      return Status.CANCELLED.withDescription("the caller went away");
    }
    if (cause instanceof RequestTimeoutException) {
      return Status.DEADLINE_EXCEEDED.withDescription("not answered before the caller's deadline");
    }
    String unreadable = unreadable(cause);
    if (unreadable == null
        && (status.getCode() == Status.Code.UNKNOWN || status.getCode() == Status.Code.INTERNAL)) {
      LOG.error("A call failed for no fault of its caller", cause);
      return Status.INTERNAL.withDescription("internal: see the service's log");
    }
    return unreadable == null ? status : Status.INVALID_ARGUMENT.withDescription(unreadable);
  }

  /** For JSON that did not get as far as a gRPC call; null leaves it to the framework. */
  @Override
  public @Nullable HttpResponse onServiceException(ServiceRequestContext context, Throwable cause) {
    String unreadable = unreadable(cause);
    if (unreadable == null) {
      unreadable = parameter(context, cause);
    }
    return unreadable == null
        ? null
        : JsonErrors.json(HttpStatus.BAD_REQUEST, "INVALID_ARGUMENT", unreadable);
  }

  /** Whatever is left: the status in words. */
  @Override
  public AggregatedHttpResponse renderStatus(
      @Nullable ServiceRequestContext context,
      ServiceConfig config,
      @Nullable RequestHeaders headers,
      HttpStatus status,
      @Nullable String description,
      @Nullable Throwable cause) {
    return AggregatedHttpResponse.of(
        status,
        com.linecorp.armeria.common.MediaType.JSON_UTF_8,
        com.linecorp.armeria.common.HttpData.wrap(
            JsonErrors.body(
                code(status), description == null ? words(status, headers) : description)));
  }

  private static @Nullable String unreadable(@Nullable Throwable cause) {
    for (Throwable step = cause; step != null; step = step.getCause()) {
      if (step instanceof JsonByField.WrongFieldException && step.getMessage() != null) {
        return step.getMessage();
      }
      if (step instanceof JsonProcessingException json) {
        return "request: " + plain(json.getOriginalMessage());
      }
      if (step instanceof InvalidProtocolBufferException && step.getMessage() != null) {
        return "request: " + plain(step.getMessage());
      }
    }
    return null;
  }

  /** Without what only says something to who programs the parser. */
  private static String plain(String message) {
    return PARSER_OPTION
        .matcher(PARSER_SOURCE.matcher(message).replaceAll(" at $1"))
        .replaceAll("");
  }

  /** Of a path or a query that has no number where one belongs; null: it was something else. */
  private static @Nullable String parameter(ServiceRequestContext context, Throwable cause) {
    for (Throwable step = cause; step != null; step = step.getCause()) {
      if (step instanceof NumberFormatException) {
        Matcher quoted = QUOTED.matcher(String.valueOf(step.getMessage()));
        String text = quoted.find() ? quoted.group(1) : "";
        String name = "path";
        for (Map.Entry<String, String> query : context.queryParams()) {
          name = query.getValue().equals(text) ? query.getKey() : name;
        }
        return "%s: %s (expected: a whole number within its range)".formatted(name, text);
      }
    }
    return null;
  }

  private static String code(HttpStatus status) {
    if (status.equals(HttpStatus.NOT_FOUND)) {
      return "NOT_FOUND";
    }
    if (status.equals(HttpStatus.METHOD_NOT_ALLOWED)) {
      return "UNIMPLEMENTED";
    }
    return status.isServerError() ? "INTERNAL" : "INVALID_ARGUMENT";
  }

  private static String words(HttpStatus status, @Nullable RequestHeaders headers) {
    if (headers != null && status.equals(HttpStatus.NOT_FOUND)) {
      return "path: nothing is at " + path(headers);
    }
    if (headers != null && status.equals(HttpStatus.METHOD_NOT_ALLOWED)) {
      return "method: %s is none of %s".formatted(headers.method(), path(headers));
    }
    if (status.equals(HttpStatus.BAD_REQUEST)) {
      return "request: unreadable (expected: a JSON object, content-type application/json)";
    }
    return status.reasonPhrase();
  }

  /** Without its query. */
  private static String path(RequestHeaders headers) {
    String path = headers.path();
    int query = path.indexOf('?');
    String told = query < 0 ? path : path.substring(0, query);
    return told.length() <= PATH_TOLD ? told : told.substring(0, PATH_TOLD) + "...";
  }
}
