package io.waggle.benchmarks.freshness;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.waggle.v1.FeedbackServiceGrpc;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RankResponse;
import io.waggle.v1.RankingServiceGrpc;
import io.waggle.v1.RewardRequest;
import io.waggle.v1.RewardResponse;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Rankings of the catalogue at a fixed rate; every so-manieth is rewarded as soon as it is
 * answered. Calls that find too many in flight are shed and counted. One thread; answers come on
 * gRPC's.
 */
final class ConstantLoad {
  private static final int IN_FLIGHT = 1_000;
  private static final int USERS = 2_000;
  private static final long LONGEST_NANOS = 60_000_000_000L;

  private final RankingServiceGrpc.RankingServiceStub ranking;
  private final FeedbackServiceGrpc.FeedbackServiceStub feedback;
  private final String surface;
  private final int rate;
  private final double rewarded;
  private final AtomicLong ranks = new AtomicLong();

  /**
   * What came of it.
   *
   * @param acknowledged a reward sent to its acknowledgement, nanoseconds
   */
  record Seen(long ranked, long failed, long shed, Histogram acknowledged) {}

  /**
   * @param rate rankings a second
   * @param rewarded share of them that get the reward 1
   */
  ConstantLoad(ManagedChannel channel, String surface, int rate, double rewarded) {
    this.ranking = RankingServiceGrpc.newStub(channel);
    this.feedback = FeedbackServiceGrpc.newStub(channel);
    this.surface = surface;
    this.rate = rate;
    this.rewarded = rewarded;
  }

  /** Runs for so long and waits for what is in flight. */
  Seen run(int seconds) {
    ConcurrentHistogram acknowledged = new ConcurrentHistogram(LONGEST_NANOS, 3);
    LongAdder failed = new LongAdder();
    Semaphore places = new Semaphore(IN_FLIGHT);
    long shed = 0;
    long calls = (long) rate * seconds;
    long start = System.nanoTime();
    for (long call = 0; call < calls; call++) {
      awaitTime(start + (long) (call * 1e9 / rate));
      if (places.tryAcquire()) {
        rank(places, failed, acknowledged);
      } else {
        shed++;
      }
    }
    places.acquireUninterruptibly(IN_FLIGHT);
    return new Seen(calls - shed, failed.sum(), shed, acknowledged);
  }

  private void rank(Semaphore places, LongAdder failed, Histogram acknowledged) {
    long number = ranks.incrementAndGet();
    RankRequest request =
        RankRequest.newBuilder().setSurface(surface).setUserId("user-" + number % USERS).build();
    ranking.rank(
        request,
        new Once<RankResponse>(
            failed,
            answer -> {
              // Evenly spread: the n-th is rewarded where n times the share passes a whole number.
              if ((long) (number * rewarded) > (long) ((number - 1) * rewarded)) {
                reward(answer.getDecisionId(), places, failed, acknowledged);
              } else {
                places.release();
              }
            },
            places));
  }

  private void reward(
      String decisionId, Semaphore places, LongAdder failed, Histogram acknowledged) {
    long sent = System.nanoTime();
    feedback.reward(
        RewardRequest.newBuilder()
            .setSurface(surface)
            .setDecisionId(decisionId)
            .setValue(1)
            .build(),
        new Once<RewardResponse>(
            failed,
            answer -> {
              acknowledged.recordValue(Math.min(LONGEST_NANOS, System.nanoTime() - sent));
              places.release();
            },
            places));
  }

  private static void awaitTime(long dueNanos) {
    long left = dueNanos - System.nanoTime();
    while (left > 0) {
      LockSupport.parkNanos(left);
      left = dueNanos - System.nanoTime();
    }
  }

  /** One answer or one failure. */
  private record Once<T>(LongAdder failed, Consumer<T> answered, Semaphore places)
      implements StreamObserver<T> {
    @Override
    public void onNext(T answer) {
      answered.accept(answer);
    }

    @Override
    public void onError(Throwable problem) {
      if (failed.intValue() == 0) {
        System.err.println("first failed call: " + Status.fromThrowable(problem));
      }
      failed.increment();
      places.release();
    }

    @Override
    public void onCompleted() {}
  }
}
