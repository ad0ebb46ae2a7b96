package io.waggle.server;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.grpc.GrpcJsonMarshaller;
import com.linecorp.armeria.common.grpc.GrpcSerializationFormats;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.grpc.GrpcService;
import com.linecorp.armeria.server.grpc.GrpcServiceBuilder;
import com.linecorp.armeria.server.grpc.HttpJsonTranscodingOptions;
import com.linecorp.armeria.server.grpc.HttpJsonTranscodingQueryParamMatchRule;
import com.linecorp.armeria.server.healthcheck.HealthCheckService;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.waggle.server.wire.ClearErrors;
import io.waggle.server.wire.JsonByField;
import io.waggle.server.wire.JsonByKnownActions;
import io.waggle.server.wire.JsonErrors;
import io.waggle.v1.RankingServiceGrpc;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The one port: gRPC, the same methods as JSON (by their {@code google.api.http} paths and by their
 * gRPC paths), gRPC reflection and health, {@code /metrics}, {@code /health} and {@code /ready}.
 */
final class Front {
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
  private static final MediaType PROMETHEUS_TEXT =
      MediaType.parse("text/plain; version=0.0.4; charset=utf-8");
  private static final JsonErrors ERRORS = new JsonErrors();

  /** As its {@code google.api.http} says. */
  private static final String RANK_PATH = "/v1/rank";

  private static final String OLDER_REFLECTION_PATH = "/grpc.reflection.v1alpha.ServerReflection";

  // Without one, calls in flight would be cut off.
  private static final Duration QUIET_PERIOD = Duration.ofMillis(20);
  private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(2);

  private static final long PORT_CHECK_MILLIS = 5;

  private Front() {}

  static Server of(
      ServerSettings settings,
      List<BindableService> services,
      PrometheusMeterRegistry registry,
      Readiness readiness) {
    ServerBuilder server =
        Server.builder()
            .http(new InetSocketAddress(settings.host(), settings.port()))
            .requestTimeout(REQUEST_TIMEOUT)
            // The bound on messages answers first and more clearly; this one is for what has none.
            .maxRequestLength(2L * settings.limits().maxRequestBytes())
            .gracefulShutdownTimeout(QUIET_PERIOD, SHUTDOWN_TIMEOUT)
            .errorHandler(new ClearErrors(settings.limits().maxRequestBytes()))
            .meterRegistry(registry)
            .decorator(
                (service, context, request) -> {
                  if (readiness.isStopping()) {
                    // The client finishes what it has begun and connects anew, elsewhere.
                    var unused = context.initiateConnectionShutdown();
                  }
                  return service.serve(context, request);
                });
    List<BindableService> rankings = services.stream().filter(Front::ranks).toList();
    server.service(rankings(settings, rankings));
    server.service(
        transcoded(settings, services.stream().filter(service -> !ranks(service)).toList()));
    server.service(reflectionForOlderClients());
    server.service("/health", HealthCheckService.of());
    server.service("/ready", (context, request) -> readiness.answer());
    server.service(
        "/metrics",
        (context, request) -> HttpResponse.of(HttpStatus.OK, PROMETHEUS_TEXT, registry.scrape()));
    return server.build();
  }

  /**
   * Closes the port, when calls in flight have ended or their time is over. Does not wait for the
   * thread that accepted connections, which ends two seconds later by itself.
   */
  static void stop(Server server) throws InterruptedException {
    CompletableFuture<Void> stopped = server.stop();
    while (!server.activePorts().isEmpty() && !stopped.isDone()) {
      Thread.sleep(PORT_CHECK_MILLIS);
    }
  }

  private static boolean ranks(BindableService service) {
    return service
        .bindService()
        .getServiceDescriptor()
        .getName()
        .equals(RankingServiceGrpc.SERVICE_NAME);
  }

  /**
   * Rankings, whose JSON goes straight to the message: the general way below reads it as a tree and
   * writes it again first, which for a ranking of 50 actions costs more than ranking them.
   */
  private static GrpcService rankings(ServerSettings settings, List<BindableService> services) {
    // Its own way to read a request.
    GrpcServiceBuilder grpc = grpc(settings).useMethodMarshaller(true);
    for (BindableService service : services) {
      grpc.addService(service).addService(RANK_PATH, service, rankMethod(service));
    }
    return grpc.build();
  }

  /** The service's own, which may read requests another way than the contract's. */
  private static MethodDescriptor<?, ?> rankMethod(BindableService service) {
    return service
        .bindService()
        .getMethod(RankingServiceGrpc.getRankMethod().getFullMethodName())
        .getMethodDescriptor();
  }

  /** Every other service, with paths that hold fields of the message. */
  private static GrpcService transcoded(ServerSettings settings, List<BindableService> services) {
    GrpcServiceBuilder grpc =
        grpc(settings)
            .enableHttpJsonTranscoding(
                HttpJsonTranscodingOptions.builder()
                    .errorHandler(ERRORS)
                    // Queries take fields as JSON writes them, and as the contracts do.
                    .queryParamMatchRules(
                        HttpJsonTranscodingQueryParamMatchRule.LOWER_CAMEL_CASE,
                        HttpJsonTranscodingQueryParamMatchRule.ORIGINAL_FIELD)
                    .build())
            .addService(ProtoReflectionServiceV1.newInstance());
    services.forEach(grpc::addService);
    return grpc.build();
  }

  private static GrpcServiceBuilder grpc(ServerSettings settings) {
    return GrpcService.builder()
        .supportedSerializationFormats(GrpcSerializationFormats.values())
        .maxRequestMessageLength(settings.limits().maxRequestBytes())
        .enableUnframedRequests(true)
        .exceptionHandler(new ClearErrors(settings.limits().maxRequestBytes()))
        .unframedGrpcErrorHandler(ERRORS)
        // A misspelt key is refused by name instead of being ignored.
        .jsonMarshallerFactory(
            service ->
                new JsonByKnownActions(
                    new JsonByField(
                        GrpcJsonMarshaller.builder()
                            .jsonMarshallerCustomizer(json -> json.ignoringUnknownFields(false))
                            .build(service))));
  }

  /**
   * Many clients in use, of Node among them, still ask for v1alpha, whose messages are v1's under
   * other names: the same bytes. A gRPC service of its own, since one takes only one reflection.
   */
  private static GrpcService reflectionForOlderClients() {
    return GrpcService.builder()
        .addService(OLDER_REFLECTION_PATH, ProtoReflectionServiceV1.newInstance())
        .build();
  }
}
