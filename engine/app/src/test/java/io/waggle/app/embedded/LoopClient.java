package io.waggle.app.embedded;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.waggle.app.report.MetricsPage;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.v1.Action;
import io.waggle.v1.FeedbackServiceGrpc;
import io.waggle.v1.Interaction;
import io.waggle.v1.LearnWhen;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PushConfig;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RankResponse;
import io.waggle.v1.RankingServiceGrpc;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.RewardRequest;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.TrackRequest;
import io.waggle.v1.UniformPolicy;
import io.waggle.v1.VowpalWabbitPolicy;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A client of a loop that runs, and its small surface. */
final class LoopClient implements AutoCloseable {
  static final String SURFACE = "shelf";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long LOOK_MILLIS = 50;

  private final ManagedChannel channel;
  private final int jobMetricsPort;

  LoopClient(int port, int jobMetricsPort) {
    this.channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    this.jobMetricsPort = jobMetricsPort;
  }

  static SurfaceConfig config() {
    return SurfaceConfig.newBuilder()
        .setName(SURFACE)
        .setLivePolicy("learner")
        .addPolicies(
            PolicyConfig.newBuilder()
                .setName("learner")
                .setVowpalWabbit(
                    VowpalWabbitPolicy.newBuilder()
                        .setArguments("--cb_explore_adf --epsilon 0.2 -b 12 -q sa")))
        .addPolicies(
            PolicyConfig.newBuilder()
                .setName("uniform")
                .setUniform(UniformPolicy.getDefaultInstance()))
        .setReward(
            RewardConfig.newBuilder()
                .setWait(com.google.protobuf.Duration.newBuilder().setSeconds(20))
                .setLearnWhen(LearnWhen.LEARN_WHEN_REWARD))
        .addCatalogue(Action.newBuilder().setId("tea"))
        .addCatalogue(Action.newBuilder().setId("milk"))
        .addCatalogue(Action.newBuilder().setId("a|b:c d"))
        .setPush(PushConfig.newBuilder().setEnabled(true))
        .build();
  }

  static Surfaces surfaces() {
    return new Surfaces(List.of(Surface.of(config())));
  }

  ManagedChannel channel() {
    return channel;
  }

  RankResponse rank(String user, String decision) {
    return RankingServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .rank(
            RankRequest.newBuilder()
                .setSurface(SURFACE)
                .setUserId(user)
                .setDecisionId(decision)
                .build());
  }

  void track(String user, String id) {
    FeedbackServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .track(
            TrackRequest.newBuilder()
                .addInteractions(
                    Interaction.newBuilder()
                        .setInteractionId(id)
                        .setSurface(SURFACE)
                        .setUserId(user)
                        .setType("click")
                        .setItemId("tea")
                        .setCategory("drinks"))
                .build());
  }

  void reward(String decision, double value) {
    FeedbackServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .reward(
            RewardRequest.newBuilder()
                .setSurface(SURFACE)
                .setDecisionId(decision)
                .setRewardId("reward-" + decision)
                .setValue(value)
                .build());
  }

  /** A gauge of the jobs on the surface. */
  long job(String name) throws Exception {
    MetricsPage page =
        MetricsPage.read(URI.create("http://127.0.0.1:" + jobMetricsPort + "/metrics"));
    if (!page.has("_surface_" + name, "surface", SURFACE)) {
      throw new AssertionError("no gauge " + name);
    }
    return (long) page.sum("_surface_" + name, "surface", SURFACE);
  }

  /** Waits until it holds. */
  static void await(String what, Callable<Boolean> holds) throws Exception {
    long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
    CountDownLatch never = new CountDownLatch(1);
    while (!holds.call()) {
      if (System.nanoTime() > deadlineNanos) {
        throw new AssertionError("after " + PATIENCE + " still not: " + what);
      }
      if (never.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        throw new AssertionError();
      }
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
