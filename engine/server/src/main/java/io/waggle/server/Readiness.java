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
 * before the start and the warm-up that follows is over, and then until it is about to stop, as it
 * ranks on while Kafka is away. The gRPC health service says the same. Any thread; somebody has to
 * {@link #check} now and then.
 */
final class Readiness {
  private final Supplier<List<ViewProgress>> views;
  private final Supplier<List<String>> warmUp;
  private final HealthStatusManager health;
  private final List<String> services;
  private final CountDownLatch ready = new CountDownLatch(1);
  private volatile boolean stopping;

  /**
   * Not ready yet.
   *
   * @param warmUp asked once the views are there: what it still has to do, empty when it is over
   * @param services names under which gRPC health answers; empty stands for the whole server
   */
  Readiness(
      Supplier<List<ViewProgress>> views,
      Supplier<List<String>> warmUp,
      HealthStatusManager health,
      List<String> services) {
    this.views = views;
    this.warmUp = warmUp;
    this.health = health;
    this.services = services;
    services.forEach(service -> health.setStatus(service, ServingStatus.NOT_SERVING));
  }

  /** True once it is ready and until it is about to stop. */
  boolean check() {
    return missing().isEmpty();
  }

  /** What is missing; empty: ready. */
  List<String> missing() {
    if (stopping) {
      return List.of("service: is about to stop");
    }
    if (ready.getCount() == 0) {
      return List.of();
    }
    List<String> missing =
        views.get().stream()
            .filter(view -> !view.caughtUp())
            .map(view -> view.topic() + ": " + view.problem())
            .toList();
    if (missing.isEmpty()) {
      missing = warmUp.get();
    }
    if (missing.isEmpty()) {
      services.forEach(service -> health.setStatus(service, ServingStatus.SERVING));
      ready.countDown();
    }
    return missing;
  }

  /** Not ready any more, for good; requests are answered as before. */
  void stop() {
    stopping = true;
    health.enterTerminalState();
  }

  /** True from {@link #stop} on. */
  boolean isStopping() {
    return stopping;
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
