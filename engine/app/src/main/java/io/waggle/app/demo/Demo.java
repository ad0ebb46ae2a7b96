package io.waggle.app.demo;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.waggle.app.report.LiveScreen;
import io.waggle.app.report.MetricsPage;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.server.ServerFigures;
import io.waggle.state.topic.Topics;
import io.waggle.v1.ListPoliciesRequest;
import io.waggle.v1.PolicyServiceGrpc;
import io.waggle.v1.PolicyStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** Runs the readers against a running loop, shows the figures, judges the outcome. One thread. */
public final class Demo {
  private static final long SHOW_MILLIS = 500;
  private static final long DRAIN_SECONDS = 30;

  /**
   * What to run.
   *
   * @param rate page views a second
   * @param seconds how long readers come
   * @param warmUpSeconds whose latencies are not recorded; their clicks count
   * @param readers simulated
   * @param seed of the readers and their tastes
   */
  public record Plan(double rate, int seconds, int warmUpSeconds, int readers, long seed) {
    public Plan {
      require(rate > 0 && rate <= 10_000, "rate", rate, "above 0, at most 10,000");
      require(seconds >= 8 && seconds <= 86_400, "seconds", seconds, "8 to 86,400");
      require(
          warmUpSeconds >= 0 && warmUpSeconds < seconds,
          "warm-up",
          warmUpSeconds,
          "0 or more, below seconds");
      require(readers >= 10 && readers <= 1_000_000, "readers", readers, "10 to 1,000,000");
    }

    private static void require(boolean holds, String name, Object value, String expected) {
      if (!holds) {
        throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
      }
    }
  }

  private final Plan plan;
  private final RunningLoop loop;
  private final ManagedChannel channel;
  private final Tally tally;

  /** The jobs' and services' metrics, and the dead letters, before the readers came. */
  private final MetricsPage jobsBefore;

  private final MetricsPage servicesBefore;
  private final long deadLettersBefore;

  private Demo(Plan plan, RunningLoop loop, ManagedChannel channel, double alpha)
      throws IOException, InterruptedException {
    this.plan = plan;
    this.loop = loop;
    this.channel = channel;
    this.tally = new Tally(plan.seconds(), alpha);
    this.jobsBefore = MetricsPage.readAll(loop.jobs());
    this.servicesBefore = MetricsPage.readAll(loop.services());
    this.deadLettersBefore = deadLetters();
  }

  /** The surface of the demo: time runs fast, pauses and waits are seconds. */
  public static Surfaces surfaces() {
    return new Surfaces(List.of(Surface.of(FrontPage.fast())));
  }

  /** Runs to the end. Counts are those since the readers came. */
  public static DemoReport run(Plan plan, RunningLoop loop, LiveScreen screen)
      throws IOException, InterruptedException {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", loop.port()).usePlaintext().build();
    try {
      double alpha = Surface.of(FrontPage.fast()).alpha();
      return new Demo(plan, loop, channel, alpha).run(screen);
    } finally {
      channel.shutdownNow();
    }
  }

  private DemoReport run(LiveScreen screen) throws IOException, InterruptedException {
    String run = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
    Newsroom newsroom = new Newsroom(FrontPage.NEWSROOM_SEED);
    Crowd crowd =
        new Crowd(
            new Crowd.Plan(run, plan.rate(), plan.seconds(), plan.warmUpSeconds()),
            new Population(plan.seed(), plan.readers(), newsroom.articles()),
            new Tastes(plan.seed() + 1),
            new Tastes(plan.seed() + 2),
            tally,
            channel);
    Thread thread = new Thread(crowd::run, "waggle-crowd");
    thread.setDaemon(true);
    thread.start();
    while (thread.isAlive()) {
      show(screen, crowd.elapsedSeconds());
      thread.join(SHOW_MILLIS);
      try {
        loop.check();
      } catch (RuntimeException e) {
        thread.interrupt();
        throw e;
      }
    }
    show(screen, crowd.elapsedSeconds());
    return judge();
  }

  private void show(LiveScreen screen, double elapsed) throws IOException, InterruptedException {
    ServerFigures figures = loop.figures();
    screen.show(
        DemoView.lines(tally, figures, policies(), elapsed, plan.seconds()),
        DemoView.shortLine(tally, figures, elapsed, plan.seconds()),
        System.nanoTime());
  }

  private List<PolicyStatus> policies() {
    try {
      return PolicyServiceGrpc.newBlockingStub(channel)
          .withDeadlineAfter(5, TimeUnit.SECONDS)
          .listPolicies(ListPoliciesRequest.newBuilder().setSurface(FrontPage.NAME).build())
          .getPoliciesList();
    } catch (StatusRuntimeException e) {
      tally.failed("ListPolicies", e.getStatus().getCode().name());
      return List.of();
    }
  }

  private DemoReport judge() throws IOException, InterruptedException {
    MetricsPage jobs = drained();
    MetricsPage services = MetricsPage.readAll(loop.services()).since(servicesBefore);
    List<Criterion> criteria = new ArrayList<>(LearningCriteria.judge(tally, plan.seconds()));
    criteria.add(
        new Criterion(
            "every call was answered", tally.errors().isEmpty(), "failed: " + tally.errors()));
    criteria.addAll(
        Books.balance(tally.totals(), services, jobs, deadLetters() - deadLettersBefore));
    return new DemoReport(plan, tally, loop.figures(), policies(), criteria);
  }

  /** The jobs' metrics once every window has closed, or after half a minute. */
  private MetricsPage drained() throws IOException, InterruptedException {
    long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(DRAIN_SECONDS);
    while (true) {
      MetricsPage jobs = MetricsPage.readAll(loop.jobs()).since(jobsBefore);
      boolean quiet = Books.waiting(jobs) == 0 && Books.received(jobs) >= tally.totals().ranked();
      if (quiet || System.nanoTime() > deadlineNanos) {
        return jobs;
      }
      Thread.sleep(SHOW_MILLIS);
    }
  }

  private long deadLetters() throws InterruptedException {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", loop.bootstrapServers()))) {
      Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
      admin
          .describeTopics(List.of(Topics.DEAD_LETTERS))
          .allTopicNames()
          .get(DRAIN_SECONDS, TimeUnit.SECONDS)
          .forEach(
              (name, topic) ->
                  topic
                      .partitions()
                      .forEach(
                          partition ->
                              ends.put(
                                  new TopicPartition(name, partition.partition()),
                                  OffsetSpec.latest())));
      return admin.listOffsets(ends).all().get(DRAIN_SECONDS, TimeUnit.SECONDS).values().stream()
          .mapToLong(ListOffsetsResultInfo::offset)
          .sum();
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("cannot count the dead letters", e);
    }
  }
}
