package io.waggle.app.demo;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.waggle.v1.FeedbackServiceGrpc;
import io.waggle.v1.FeedbackServiceGrpc.FeedbackServiceFutureStub;
import io.waggle.v1.Interaction;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RankResponse;
import io.waggle.v1.RankingServiceGrpc;
import io.waggle.v1.RankingServiceGrpc.RankingServiceFutureStub;
import io.waggle.v1.RewardRequest;
import io.waggle.v1.TrackRequest;
import java.util.Comparator;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The readers as clients: opens page views at a fixed rate, asks for each ranking, tells what the
 * reader did. One thread, in {@link #run}; the calls are asynchronous and their answers come back
 * through a queue that is bounded by the readers, who each have one page view at a time.
 */
final class Crowd {
  private static final long DEADLINE_SECONDS = 10;
  private static final long NAP_NANOS = 200_000;
  private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(15);

  /**
   * How the crowd behaves.
   *
   * @param run part of every id, so that runs over the same data do not collide
   * @param rate page views a second
   * @param seconds how long new page views are opened
   * @param warmUpSeconds in which the rate grows; their latencies are not recorded
   */
  record Plan(String run, double rate, int seconds, int warmUpSeconds) {
    /**
     * When the page view of that number, from 0, is due: the rate grows evenly from nothing during
     * the warm-up, so that a JVM that has just started is not met by a crowd.
     */
    double dueSeconds(long number) {
      double ofWarmUp = rate * warmUpSeconds / 2;
      return number < ofWarmUp
          ? Math.sqrt(2 * number * warmUpSeconds / rate)
          : warmUpSeconds + (number - ofWarmUp) / rate;
    }
  }

  /** Takes an answer and when it came. */
  @FunctionalInterface
  private interface Answered<T> {
    void accept(T answer, long atNanos);
  }

  private record Due(long atNanos, long order, Runnable action) {}

  private final Plan plan;
  private final Population population;
  private final Tastes before;
  private final Tastes after;
  private final Tally tally;
  private final RankingServiceFutureStub ranking;
  private final FeedbackServiceFutureStub feedback;
  private final Queue<Runnable> answers = new ConcurrentLinkedQueue<>();
  private final PriorityQueue<Due> due =
      new PriorityQueue<>(Comparator.comparingLong(Due::atNanos).thenComparingLong(Due::order));
  private long startNanos;
  private long startMillis;
  private long order;
  private int open;
  private int calls;
  private volatile long elapsedNanos;

  /** Readers whose tastes change from {@code before} to {@code after} halfway. */
  Crowd(
      Plan plan,
      Population population,
      Tastes before,
      Tastes after,
      Tally tally,
      ManagedChannel channel) {
    this.plan = plan;
    this.population = population;
    this.before = before;
    this.after = after;
    this.tally = tally;
    this.ranking = RankingServiceGrpc.newFutureStub(channel);
    this.feedback = FeedbackServiceGrpc.newFutureStub(channel);
  }

  /** Seconds since the start. Any thread. */
  double elapsedSeconds() {
    return elapsedNanos / 1e9;
  }

  /** Lives the plan, then waits until every page view that was opened is over. */
  void run() {
    startNanos = System.nanoTime();
    startMillis = System.currentTimeMillis();
    long endNanos = startNanos + TimeUnit.SECONDS.toNanos(plan.seconds());
    long opened = 0;
    while (!Thread.currentThread().isInterrupted()) {
      long now = System.nanoTime();
      elapsedNanos = now - startNanos;
      react(now);
      long dueNanos = startNanos + (long) (1e9 * plan.dueSeconds(opened));
      if (dueNanos < endNanos && dueNanos <= now) {
        open(dueNanos);
        opened++;
      } else if (now >= endNanos && (idle() || now >= endNanos + DRAIN_NANOS)) {
        return;
      } else {
        LockSupport.parkNanos(NAP_NANOS);
      }
    }
  }

  private boolean idle() {
    return open == 0 && calls == 0 && due.isEmpty();
  }

  private void react(long now) {
    for (Runnable answer = answers.poll(); answer != null; answer = answers.poll()) {
      calls--;
      answer.run();
    }
    for (Due next = due.peek(); next != null && next.atNanos() <= now; next = due.peek()) {
      due.remove();
      next.action().run();
    }
  }

  private void open(long dueNanos) {
    PageView view = population.open(millis(dueNanos));
    if (view == null) {
      tally.skipped();
      return;
    }
    Tastes tastes = second(dueNanos) < plan.seconds() / 2.0 ? before : after;
    open++;
    call(
        ranking.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS).rank(request(view)),
        "Rank",
        (response, atNanos) -> ranked(view, tastes, response, dueNanos, atNanos),
        () -> close(view, null));
    track(view, Interaction.newBuilder().setType("view"));
  }

  private RankRequest request(PageView view) {
    RankRequest.Builder request =
        RankRequest.newBuilder()
            .setSurface(FrontPage.NAME)
            .setUserId(view.userId())
            .setDecisionId(view.decisionId(plan.run()))
            .addAllContext(Newsroom.context(view.audience(), view.situation()));
    view.offered().forEach(article -> request.addActions(Newsroom.action(article)));
    return request.build();
  }

  /** The answer is here: the reader looks at the story on top and clicks it or not, later. */
  private void ranked(
      PageView view, Tastes tastes, RankResponse response, long dueNanos, long atNanos) {
    Article shown = shown(view, response.getChosenActionId());
    Population.Reaction reaction = population.reaction(view, shown, tastes);
    double sum = 0;
    double best = 0;
    for (Article article : view.offered()) {
      double probability =
          tastes.clickProbability(view.audience(), view.situation(), view.lastRead(), article);
      sum += probability;
      best = Math.max(best, probability);
    }
    boolean warm = second(dueNanos) >= plan.warmUpSeconds();
    tally.decided(
        response.getPolicy(),
        (int) second(dueNanos),
        reaction.clicks(),
        sum / view.offered().size(),
        best,
        warm ? TimeUnit.NANOSECONDS.toMicros(atNanos - dueNanos) : -1);
    Article clicked = reaction.clicks() ? shown : null;
    at(atNanos + TimeUnit.MILLISECONDS.toNanos(reaction.delayMillis()), () -> close(view, clicked));
  }

  private static Article shown(PageView view, String id) {
    return view.offered().stream()
        .filter(article -> article.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(id + " was chosen but not offered"));
  }

  private void close(PageView view, @Nullable Article clicked) {
    open--;
    if (clicked != null) {
      track(
          view,
          Interaction.newBuilder()
              .setType("click")
              .setItemId(clicked.id())
              .setCategory(clicked.category()));
      reward(view);
    }
    population.close(view, clicked, millis(System.nanoTime()));
  }

  private void track(PageView view, Interaction.Builder interaction) {
    String decision = view.decisionId(plan.run());
    TrackRequest request =
        TrackRequest.newBuilder()
            .addInteractions(
                interaction
                    .setInteractionId(decision + "-" + interaction.getType())
                    .setSurface(FrontPage.NAME)
                    .setUserId(view.userId())
                    .setDecisionId(decision)
                    .setEventTimeMillis(System.currentTimeMillis()))
            .build();
    call(
        feedback.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS).track(request),
        "Track",
        (response, atNanos) -> tally.tracked(),
        () -> {});
  }

  private void reward(PageView view) {
    String decision = view.decisionId(plan.run());
    RewardRequest request =
        RewardRequest.newBuilder()
            .setSurface(FrontPage.NAME)
            .setDecisionId(decision)
            .setRewardId(decision + "-click")
            .setValue(1)
            .setEventTimeMillis(System.currentTimeMillis())
            .build();
    call(
        feedback.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS).reward(request),
        "Reward",
        (response, atNanos) -> tally.rewarded(),
        () -> {});
  }

  /** Hands an answer and when it came, or the lack of it, to the crowd's thread. */
  private <T> void call(
      ListenableFuture<T> call, String name, Answered<T> answered, Runnable failed) {
    calls++;
    Futures.addCallback(
        call,
        new FutureCallback<T>() {
          @Override
          public void onSuccess(@Nullable T answer) {
            long atNanos = System.nanoTime();
            T present = Objects.requireNonNull(answer);
            answers.add(() -> answered.accept(present, atNanos));
          }

          @Override
          public void onFailure(Throwable failure) {
            tally.failed(name, Status.fromThrowable(failure).getCode().name());
            answers.add(failed);
          }
        },
        MoreExecutors.directExecutor());
  }

  private void at(long nanos, Runnable action) {
    due.add(new Due(nanos, order++, action));
  }

  private double second(long nanos) {
    return (nanos - startNanos) / 1e9;
  }

  private long millis(long nanos) {
    return startMillis + TimeUnit.NANOSECONDS.toMillis(nanos - startNanos);
  }
}
