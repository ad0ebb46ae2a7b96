package io.waggle.benchmarks.interactions;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.waggle.v1.Action;
import io.waggle.v1.FeedbackServiceGrpc;
import io.waggle.v1.Interaction;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RankResponse;
import io.waggle.v1.RankingServiceGrpc;
import io.waggle.v1.TrackRequest;
import io.waggle.v1.TrackResponse;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Tells the service what a user did and asks it, again and again, to rank for that user, until an
 * answer's session knows the interaction: its version counts the interactions that the user has
 * sent. That answer's arrival is when the interaction is seen, so a delay holds one whole call and
 * on average half the pause of {@value #PAUSE_MICROS} µs. Only some are watched, so that asking
 * does not become the load. Send from one thread.
 */
final class RankProbe implements AutoCloseable {
  private static final int USERS = 2_000;
  private static final int WATCHED_PER_SECOND = 50;
  private static final long PAUSE_NANOS = 500_000;
  private static final int ITEMS = 50;
  private static final int CATEGORIES = 6;

  private final RankingServiceGrpc.RankingServiceStub ranking;
  private final FeedbackServiceGrpc.FeedbackServiceStub feedback;
  private final String surface;
  private final long[] sentByUser = new long[USERS];
  private final ScheduledExecutorService pauses = Executors.newSingleThreadScheduledExecutor();
  private long number;

  RankProbe(ManagedChannel channel, String surface) {
    this.ranking = RankingServiceGrpc.newStub(channel);
    this.feedback = FeedbackServiceGrpc.newStub(channel);
    this.surface = surface;
  }

  /** One of so many a second. */
  void send(int rate, long dueNanos, Arrivals arrivals) {
    int user = (int) (number % USERS);
    boolean watched = number % Math.max(1, rate / WATCHED_PER_SECOND) == 0;
    String id = "seen-" + number++;
    long version = ++sentByUser[user];
    if (watched) {
      arrivals.sent(id, dueNanos);
    }
    int item = (int) (number % ITEMS);
    feedback.track(
        TrackRequest.newBuilder()
            .addInteractions(
                Interaction.newBuilder()
                    .setInteractionId(id)
                    .setSurface(surface)
                    .setUserId(user(user))
                    .setType("click")
                    .setItemId("item-" + item)
                    .setCategory("category-" + item % CATEGORIES))
            .build(),
        new Answer<TrackResponse>(answer -> {}, () -> arrivals.refused(id)));
    if (watched) {
      ask(new Watch(id, user(user), version, dueNanos, arrivals));
    }
  }

  private static String user(int user) {
    return "watched-" + user;
  }

  private record Watch(String id, String userId, long version, long dueNanos, Arrivals arrivals) {
    /** Grows with the delay: where all is slow, asking must not make it slower. */
    long pauseNanos() {
      return Math.max(PAUSE_NANOS, (System.nanoTime() - dueNanos) / 10);
    }
  }

  private void ask(Watch watch) {
    ranking.rank(
        RankRequest.newBuilder()
            .setSurface(surface)
            .setUserId(watch.userId())
            // Never shown: nobody learns from it.
            .setDeferred(true)
            .addActions(Action.newBuilder().setId("item-0"))
            .addActions(Action.newBuilder().setId("item-1"))
            .build(),
        new Answer<RankResponse>(
            answer -> {
              if (answer.getSessionVersion() >= watch.version()) {
                watch.arrivals().arrived(watch.id());
              } else if (watch.arrivals().isAwaited(watch.id())) {
                var unused =
                    pauses.schedule(() -> ask(watch), watch.pauseNanos(), TimeUnit.NANOSECONDS);
              }
            },
            () -> watch.arrivals().failed(watch.id())));
  }

  @Override
  public void close() {
    pauses.shutdownNow();
  }

  /** One answer or one failure. */
  private record Answer<T>(Consumer<T> answered, Runnable failed) implements StreamObserver<T> {
    @Override
    public void onNext(T answer) {
      answered.accept(answer);
    }

    @Override
    public void onError(Throwable problem) {
      failed.run();
    }

    @Override
    public void onCompleted() {}
  }
}
