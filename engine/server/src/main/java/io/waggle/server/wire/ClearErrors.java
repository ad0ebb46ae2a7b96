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
    return unreadable == null
        ? status
        : Status.INVALID_ARGUMENT.withDescription("request: " + unreadable);
  }

  /** For JSON that did not get as far as a gRPC call; null leaves it to the framework. */
  @Override
  public @Nullable HttpResponse onServiceException(ServiceRequestContext context, Throwable cause) {
    String unreadable = unreadable(cause);
    return unreadable == null
        ? null
        : JsonErrors.json(HttpStatus.BAD_REQUEST, "INVALID_ARGUMENT", "request: " + unreadable);
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
            JsonErrors.body(code(status), description == null ? words(status) : description)));
  }

  private static @Nullable String unreadable(@Nullable Throwable cause) {
    for (Throwable step = cause; step != null; step = step.getCause()) {
      if (step instanceof JsonProcessingException json) {
        return json.getOriginalMessage();
      }
      if (step instanceof InvalidProtocolBufferException && step.getMessage() != null) {
        return step.getMessage();
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

  private static String words(HttpStatus status) {
    if (status.equals(HttpStatus.BAD_REQUEST)) {
      return "request: unreadable (expected: a JSON object, content-type application/json)";
    }
    return status.reasonPhrase();
  }
}
