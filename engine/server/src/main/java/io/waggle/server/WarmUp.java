package io.waggle.server;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.server.metric.ServerMetrics;
import io.waggle.server.rank.RankService;
import io.waggle.server.rank.Ranking;
import io.waggle.server.rank.RankingWatchers;
import io.waggle.server.rank.SessionLookup;
import io.waggle.server.wire.RequestChecks;
import io.waggle.v1.Decision;
import io.waggle.v1.Explanation;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RankResponse;
import io.waggle.v1.Session;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ranks made-up requests of every surface, from bytes to bytes, before the first real one, so that
 * the latter finds classes loaded and code compiled: with the models and views that will answer,
 * but with counters, a ranker and a log of its own, so that nothing of it is ever seen. Lasts a
 * fixed time on one thread of its own, at least one request of each surface; one that fails is
 * passed over.
 */
final class WarmUp implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
  private static final long END_MILLIS = 5_000;

  private final Supplier<Surfaces> surfaces;
  private final RankService service;
  private final InstantSource clock;
  private final long lastsNanos;
  private final AtomicBoolean begun = new AtomicBoolean();
  private final Thread thread = new Thread(this::run, "waggle-warm-up");
  private volatile boolean over;
  private final LongAdder rankings = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private volatile @Nullable Session session;

  /**
   * Not begun yet.
   *
   * @param ranking of its own: one that scales numbers online would learn from what means nothing
   * @param sessions asked, too, though it knows nobody of that name
   * @param lasts zero: there is nothing to wait for
   */
  WarmUp(
      Supplier<Surfaces> surfaces,
      RequestChecks checks,
      SessionLookup sessions,
      Ranking ranking,
      InstantSource clock,
      Duration lasts) {
    this.surfaces = surfaces;
    this.clock = clock;
    this.lastsNanos = lasts.toNanos();
    ServerMetrics unseen = new ServerMetrics(new SimpleMeterRegistry());
    this.service =
        new RankService(
            checks,
            userId -> {
              var unused = sessions.find(userId);
              return session;
            },
            ranking,
            this::logged,
            new RankingWatchers(0, 1, unseen),
            unseen,
            clock,
            () -> UUID.randomUUID().toString(),
            Runnable::run,
            (decision, limit) -> Explanation.getDefaultInstance());
    this.over = lasts.isZero();
    thread.setDaemon(true);
  }

  /** Begins where it has not; what is still to do, empty when it is over. Any thread. */
  List<String> missing() {
    if (over) {
      return List.of();
    }
    if (!begun.getAndSet(true)) {
      thread.start();
    }
    return List.of(
        String.format(
            Locale.ROOT,
            "warm-up: %d rankings so far, takes %.1f s",
            rankings.sum(),
            lastsNanos / 1e9));
  }

  private void run() {
    try {
      List<Warm> all = requests();
      long endNanos = System.nanoTime() + lastsNanos;
      do {
        all.forEach(this::rank);
      } while (!over && !all.isEmpty() && System.nanoTime() < endNanos);
      LOG.info("warmed up with {} rankings, {} bytes", rankings.sum(), bytes.sum());
    } catch (RuntimeException e) {
      LOG.warn("The warm-up ended early", e);
    } finally {
      over = true;
    }
  }

  /** What is asked again and again, and the session of who asks. */
  private record Warm(byte[] request, Session session) {}

  private List<Warm> requests() {
    List<Warm> all = new ArrayList<>();
    for (Surface surface : surfaces.get().all()) {
      all.add(
          new Warm(
              SyntheticRequests.of(surface).toByteArray(),
              SyntheticRequests.session(surface, clock.millis())));
    }
    return all;
  }

  private void rank(Warm warm) {
    session = warm.session();
    try {
      service.rank(RankRequest.parseFrom(warm.request()), new Unseen());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("bytes of our own are always a request", e);
    }
    rankings.increment();
  }

  /** What would go to a log or a client. */
  private boolean logged(Decision decision) {
    written(decision);
    return true;
  }

  private void written(MessageLite message) {
    bytes.add(message.toByteArray().length);
  }

  @Override
  public void close() {
    over = true;
    if (begun.get()) {
      try {
        thread.join(END_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** An answer as bytes that go nowhere. */
  private final class Unseen implements StreamObserver<RankResponse> {
    @Override
    public void onNext(RankResponse answer) {
      written(answer);
    }

    @Override
    public void onError(Throwable problem) {
      LOG.debug("A request of the warm-up was refused", problem);
    }

    @Override
    public void onCompleted() {}
  }
}
