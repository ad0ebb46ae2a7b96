package io.waggle.server;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.waggle.server.view.ViewProgress;
import io.waggle.server.wire.JsonErrors;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Whether the service should get traffic: once every view has caught up with what was written
 * before the start, and then for good, as it ranks on while Kafka is away. The gRPC health service
 * says the same. Any thread; somebody has to {@link #check} now and then.
 */
final class Readiness {
  private final Supplier<List<ViewProgress>> views;
  private final HealthStatusManager health;
  private final List<String> services;
  private final CountDownLatch ready = new CountDownLatch(1);

  /**
   * Not ready yet.
   *
   * @param services names under which gRPC health answers; empty stands for the whole server
   */
  Readiness(Supplier<List<ViewProgress>> views, HealthStatusManager health, List<String> services) {
    this.views = views;
    this.health = health;
    this.services = services;
    services.forEach(service -> health.setStatus(service, ServingStatus.NOT_SERVING));
  }

  /** True once every view has caught up. */
  boolean check() {
    return missing().isEmpty();
  }

  /** What is missing; empty: ready. */
  List<String> missing() {
    if (ready.getCount() == 0) {
      return List.of();
    }
    List<String> missing =
        views.get().stream()
            .filter(view -> !view.caughtUp())
            .map(view -> view.topic() + ": " + view.problem())
            .toList();
    if (missing.isEmpty()) {
      services.forEach(service -> health.setStatus(service, ServingStatus.SERVING));
      ready.countDown();
    }
    return missing;
  }

  /** Waits until ready; false when the time is over first. */
  boolean await(Duration atMost) throws InterruptedException {
    return ready.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** {@code GET /ready}: 200, or 503 with what is missing. */
  HttpResponse answer() {
    List<String> missing = missing();
    byte[] body = JsonErrors.bytes(Map.of("ready", missing.isEmpty(), "missing", missing));
    HttpStatus status = missing.isEmpty() ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE;
    return HttpResponse.of(status, MediaType.JSON_UTF_8, HttpData.wrap(body));
  }
}
