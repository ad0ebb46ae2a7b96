package io.waggle.server;

import static io.waggle.server.ServiceUnderTest.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.waggle.v1.RankingServiceGrpc;
import io.waggle.v1.WatchRankingsRequest;
import io.waggle.v1.WatchRankingsResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchTest {
  private final ServiceUnderTest service = new ServiceUnderTest();

  @AfterEach
  void stop() {
    service.close();
  }

  @Test
  void aWatcherSeesTheRankingsOfItsUserAndSurfaceOnly() {
    Watcher ann = watch("ann", 100);
    await(() -> service.watchers.count() == 1);

    service.watchers.dispatch(ranking("front-page", "ben", "1"));
    service.watchers.dispatch(ranking("elsewhere", "ann", "2"));
    service.watchers.dispatch(ranking("front-page", "ann", "3"));

    await(() -> !ann.seen.isEmpty());
    assertThat(ann.ids()).containsExactly("3");
  }

  @Test
  void twoWatchersOfTheSameUserBothSeeIt() {
    Watcher phone = watch("ann", 100);
    Watcher laptop = watch("ann", 100);
    await(() -> service.watchers.count() == 2);

    service.watchers.dispatch(ranking("front-page", "ann", "1"));

    await(() -> phone.seen.size() == 1 && laptop.seen.size() == 1);
  }

  @Test
  void aWatcherThatReadsTooSlowlyLosesTheOldestAndSeesTheNewest() throws Exception {
    Watcher slow = watch("ann", 1);
    await(() -> service.watchers.count() == 1);
    // Large enough that the connection's own window fills and the queue of 2 has to give.
    String filler = "x".repeat(200_000);

    for (int i = 0; i < 50; i++) {
      service.watchers.dispatch(ranking("front-page", "ann", i + filler));
    }
    slow.call().request(1_000);
    await(() -> slow.ids().stream().anyMatch(id -> id.startsWith("49x")));

    assertThat(slow.seen.size()).isLessThan(50);
    String metrics = service.get("/metrics").body();
    assertThat(metrics).contains("waggle_watch_rankings_total 50.0");
    assertThat(metrics).contains("waggle_watch_delivered_total " + slow.seen.size() + ".0");
    assertThat(metrics).contains("waggle_watch_lost_total " + (50 - slow.seen.size()) + ".0");
  }

  @Test
  void watchersOverTheBoundAreRefusedUntilOneLeaves() {
    Watcher first = watch("ann", 1);
    watch("ben", 1);
    await(() -> service.watchers.count() == 2);

    Watcher third = watch("cid", 1);
    await(() -> third.failure() != null);
    assertThat(Status.fromThrowable(third.failure()).getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);

    first.call().cancel("leaves", null);
    await(() -> service.watchers.count() == 1);
    watch("cid", 1);
    await(() -> service.watchers.count() == 2);
  }

  @Test
  void aServiceThatStopsTellsItsWatchersToComeBackElsewhere() {
    Watcher ann = watch("ann", 1);
    await(() -> service.watchers.count() == 1);

    service.watchers.close();

    await(() -> ann.failure() != null);
    assertThat(Status.fromThrowable(ann.failure()).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(service.watchers.count()).isZero();
  }

  @Test
  void aWatchWithoutAUserOrOfAnUnknownSurfaceIsRefused() {
    Watcher nobody = watch("", 1);
    Watcher nowhere = new Watcher(1);
    RankingServiceGrpc.newStub(service.channel())
        .watchRankings(
            WatchRankingsRequest.newBuilder().setSurface("nowhere").setUserId("ann").build(),
            nowhere);

    await(() -> nobody.failure() != null && nowhere.failure() != null);
    assertThat(Status.fromThrowable(nobody.failure()).getDescription()).startsWith("user_id: ");
    assertThat(Status.fromThrowable(nowhere.failure()).getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(service.watchers.count()).isZero();
  }

  private Watcher watch(String user, int window) {
    Watcher watcher = new Watcher(window);
    RankingServiceGrpc.newStub(service.channel())
        .watchRankings(
            WatchRankingsRequest.newBuilder().setSurface("front-page").setUserId(user).build(),
            watcher);
    return watcher;
  }

  private static WatchRankingsResponse ranking(String surface, String user, String interaction) {
    return WatchRankingsResponse.newBuilder()
        .setSurface(surface)
        .setUserId(user)
        .setInteractionId(interaction)
        .build();
  }

  /** Takes as many rankings as it asked for. */
  private static final class Watcher
      implements ClientResponseObserver<WatchRankingsRequest, WatchRankingsResponse> {
    final List<WatchRankingsResponse> seen = new CopyOnWriteArrayList<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final AtomicReference<@Nullable ClientCallStreamObserver<WatchRankingsRequest>> call =
        new AtomicReference<>();
    private final int window;

    Watcher(int window) {
      this.window = window;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchRankingsRequest> stream) {
      stream.disableAutoRequestWithInitial(window);
      call.set(stream);
    }

    ClientCallStreamObserver<WatchRankingsRequest> call() {
      return java.util.Objects.requireNonNull(call.get());
    }

    @Nullable Throwable failure() {
      return failure.get();
    }

    List<String> ids() {
      return seen.stream().map(WatchRankingsResponse::getInteractionId).toList();
    }

    @Override
    public void onNext(WatchRankingsResponse ranking) {
      seen.add(ranking);
    }

    @Override
    public void onError(Throwable cause) {
      failure.set(cause);
    }

    @Override
    public void onCompleted() {}
  }
}
