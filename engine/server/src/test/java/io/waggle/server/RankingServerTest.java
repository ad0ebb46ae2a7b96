package io.waggle.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.waggle.core.surface.Surfaces;
import io.waggle.v1.Action;
import io.waggle.v1.FeedbackServiceGrpc;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RankingServiceGrpc;
import io.waggle.v1.RewardRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole service, wired as in production, with no Kafka behind its brokers' address. */
@Timeout(120)
class RankingServerTest {
  @TempDir Path directory;

  @Test
  void withoutKafkaItRanksRefusesFeedbackAndIsNotReady() throws InterruptedException {
    ManagedChannel channel = null;
    try (RankingServer server = start()) {
      channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
      var rank = RankingServiceGrpc.newBlockingStub(channel);
      var feedback = FeedbackServiceGrpc.newBlockingStub(channel);

      assertThat(rank.rank(request()).getRankingCount()).isEqualTo(2);
      Status status =
          catchThrowableOfType(StatusRuntimeException.class, () -> feedback.reward(reward()))
              .getStatus();

      assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(server.awaitReady(Duration.ofMillis(1))).isFalse();
      assertThat(server.ready()).isFalse();
      assertThat(server.missing()).hasSize(7).anyMatch(line -> line.startsWith("sessions: "));
      ServerFigures figures = server.figures();
      assertThat(figures.ranks()).isEqualTo(1);
      assertThat(figures.decisionsPending()).isEqualTo(1);
      assertThat(figures.rank().count()).isEqualTo(1);
      assertThat(figures.rank().p99Millis()).isPositive();
    } finally {
      if (channel != null) {
        channel.shutdownNow();
      }
    }
  }

  @Test
  void aSecondServiceOnTheSameViewsIsRefusedAndTheFirstGoesOn() {
    try (RankingServer first = start()) {
      assertThatThrownBy(this::start).hasMessageContaining(directory.toString());

      assertThat(first.port()).isPositive();
    }
    RankingServer again = start();
    again.close();
    again.close();
  }

  private RankingServer start() {
    ServerSettings settings =
        new ServerSettings(
            "127.0.0.1",
            0,
            "127.0.0.1:1",
            directory,
            directory.resolve("spool"),
            null,
            ServiceUnderTest.limits(Duration.ofMillis(300), 4 << 20, 2));
    return RankingServer.start(settings, new Surfaces(List.of(ServiceUnderTest.SURFACE)));
  }

  private static RankRequest request() {
    return RankRequest.newBuilder()
        .setSurface("front-page")
        .setUserId("ann")
        .addActions(Action.newBuilder().setId("a"))
        .addActions(Action.newBuilder().setId("b"))
        .build();
  }

  private static RewardRequest reward() {
    return RewardRequest.newBuilder()
        .setDecisionId("d")
        .setSurface("front-page")
        .setValue(1)
        .build();
  }
}
