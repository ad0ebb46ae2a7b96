package io.waggle.server.view;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.server.control.WriterFence;
import io.waggle.server.metric.ServerMetrics;
import io.waggle.server.metric.ViewMetrics;
import io.waggle.state.model.ModelParts;
import io.waggle.state.model.ModelVersions;
import io.waggle.state.model.ServableModel;
import io.waggle.state.topic.Topics;
import io.waggle.state.view.KeyValueView;
import io.waggle.v1.Item;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.Session;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.UniformPolicy;
import io.waggle.v1.WriterClaim;
import io.waggle.v1.WriterRun;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ViewListenersTest {
  private static final long NOW = 1_750_000_000_000L;
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochMilli(NOW));

  @TempDir Path directory;
  private final ServerMetrics metrics = new ServerMetrics(new SimpleMeterRegistry());
  private final ViewMetrics ofView = metrics.view("any");
  private final WriterFence fence = new WriterFence(metrics);
  private final List<Long> served = new ArrayList<>();
  private final List<ModelSnapshot> damaged = new ArrayList<>();
  private KeyValueView view;

  @BeforeEach
  void open() {
    view = KeyValueView.open(directory);
  }

  @AfterEach
  void close() {
    view.close();
  }

  @Test
  void aSessionIsFoundByItsUser() {
    Session session = Session.newBuilder().setUserId("ann").setVersion(3).build();
    put("ann", session.toByteArray());

    assertThat(sessions().find("ann")).isEqualTo(session);
    assertThat(sessions().find("ben")).isNull();
  }

  @Test
  void aSessionThatCannotBeReadIsCountedAndAsGoodAsNone() {
    put("ann", new byte[] {(byte) 0xff, 1, 2});

    assertThat(sessions().find("ann")).isNull();
    assertThat(ofView.unreadableCount()).isEqualTo(1);
  }

  @Test
  void theDelayOfASessionIsMeasuredFromItsInteractionAndOnlyWhenLive() {
    SessionView sessions = sessions();

    sessions.applied(List.of(record("ann", Session.getDefaultInstance(), NOW - 60_000)), false);
    sessions.applied(List.of(record("ann", Session.getDefaultInstance(), NOW - 40)), true);
    sessions.applied(List.of(record("ann", null, NOW - 9_000)), true);

    var summary = metrics.interactionToSession().summary();
    assertThat(summary.count()).isEqualTo(1);
    assertThat(summary.maxMillis()).isBetween(40.0, 40.1);
  }

  @Test
  void anEvaluationIsFoundByItsPolicyOverAllDecisionsAndBySegment() {
    PolicyEvaluation all = PolicyEvaluation.newBuilder().setSegment("all").setCount(10).build();
    put("front/learner/all", all.toByteArray());
    PolicyEvaluation phone =
        PolicyEvaluation.newBuilder().setSegment("user.device=phone").setCount(4).build();
    put("front/learner/user.device=phone", phone.toByteArray());
    put("front/learner2/own", PolicyEvaluation.newBuilder().setCount(3).build().toByteArray());

    EvaluationView evaluations = new EvaluationView(view, fence, ofView);
    assertThat(evaluations.find("front", "learner")).isEqualTo(all);
    assertThat(evaluations.find("front", "other")).isNull();
    assertThat(evaluations.segments("front", "learner")).containsExactly(phone);
  }

  @Test
  void anItemIsFoundUntilARecordSaysOtherwise() {
    ItemView<Item> items = items();
    Item first = Item.newBuilder().setSurface("front").setItemId("cup").setUpdatedMillis(1).build();
    Item second = first.toBuilder().setUpdatedMillis(2).build();
    assertThat(items.find("front", "cup")).isNull();

    put("front/cup", first.toByteArray());
    assertThat(items.find("front", "cup")).as("nobody said that there is one").isNull();
    items.applied(List.of(record("front/cup", first, NOW)), true);
    assertThat(items.find("front", "cup")).isEqualTo(first);

    put("front/cup", second.toByteArray());
    items.applied(List.of(record("front/cup", second, NOW)), true);
    assertThat(items.find("front", "cup")).isEqualTo(second);
    view.reset("another");
    items.reset();
    assertThat(items.find("front", "cup")).isNull();
  }

  @Test
  void anItemThatCannotBeReadOrIsAnotherKeysIsCountedOnceAndAsGoodAsNone() {
    ItemView<Item> items = items();
    put("front/broken", new byte[] {(byte) 0xff, 1, 2});
    put("front/cup", Item.newBuilder().setSurface("front").setItemId("mug").build().toByteArray());

    assertThat(items.find("front", "broken")).isNull();
    assertThat(items.find("front", "cup")).isNull();
    assertThat(items.find("front", "cup")).isNull();
    assertThat(ofView.unreadableCount()).isEqualTo(2);
  }

  private ItemView<Item> items() {
    return new ItemView<>(
        view, Item.parser(), (key, item) -> key.endsWith(item.getItemId()), ofView);
  }

  @Test
  void aModelIsServedOnceAllOfItsPartsCame() {
    ModelView models = models();
    List<ModelSnapshot> parts = ModelParts.split(model("learner", 5, 3_000_000));
    assertThat(parts).hasSize(3);

    models.applied(List.of(record(parts.get(0)), record(parts.get(1))), true);
    assertThat(served).isEmpty();
    models.applied(List.of(record(parts.get(2))), true);

    assertThat(served).containsExactly(5L);
    assertThat(metrics.rewardToServing().summary().count()).isEqualTo(1);
    assertThat(metrics.rewardToServing().summary().maxMillis()).isBetween(250.0, 250.3);
  }

  @Test
  void ofSeveralVersionsThatCameTogetherOnlyTheNewestIsLoaded() {
    models()
        .applied(
            List.of(
                record(part("learner", 5)), record(part("learner", 6)), record(part("learner", 7))),
            false);

    assertThat(served).containsExactly(7L);
    assertThat(metrics.rewardToServing().summary().count()).isZero();
  }

  @Test
  void modelsOfPoliciesThatAreNotConfiguredAreLeftAlone() {
    models().applied(List.of(record(part("unheard-of", 5))), true);

    assertThat(served).isEmpty();
  }

  @Test
  void theModelOfAPolicyAddedLaterIsServedThoughItCameBefore() {
    ModelView models = models();
    ModelSnapshot part = part("candidate", 5);
    put("front/candidate/0", part.toByteArray());
    models.applied(List.of(record(part)), true);
    assertThat(served).isEmpty();

    models.follow(surfaces("learner", "candidate"));

    assertThat(served).containsExactly(5L);
    models.follow(surfaces("learner", "candidate"));
    assertThat(served).containsExactly(5L);
  }

  @Test
  void aModelOfAnotherChecksumIsToldAndTheNextOneIsServed() {
    ModelSnapshot altered = part("learner", 5).toBuilder().setChecksum(1).build();
    ModelSnapshot truncated =
        part("learner", 6).toBuilder().setData(ByteString.copyFrom(new byte[9])).build();

    models().applied(List.of(record(altered), record(truncated), record(part("learner", 7))), true);

    assertThat(damaged).containsExactly(altered, truncated);
    assertThat(served).containsExactly(7L);
  }

  @Test
  void whatIsNoModelIsCountedAndTheNextOneIsServed() {
    ConsumerRecord<byte[], byte[]> noise = bytes("front/learner/0", new byte[] {(byte) 0xff}, NOW);

    models().applied(List.of(noise, record(part("learner", 5))), true);

    assertThat(served).containsExactly(5L);
    assertThat(ofView.unreadableCount()).isEqualTo(1);
  }

  @Test
  void aRestartedServiceServesTheModelItsViewHolds() {
    for (ModelSnapshot part : ModelParts.split(model("learner", 5, 12_000_000))) {
      put(Topics.modelKey("front", "learner", 0, part.getPart()), part.toByteArray());
    }

    models();

    assertThat(served).containsExactly(5L);
    assertThat(metrics.rewardToServing().summary().count()).isZero();
  }

  /** The second one's version is newer, and in the place of the first's in a compacted topic. */
  @Test
  void ofTwoJobsOfOneEpochOnlyTheOneThatHoldsItIsServedAndTheOtherIsCounted() {
    WriterClaim first = claim(100);
    WriterClaim second = claim(200);
    fence.claimed(second);
    fence.claimed(first);
    fence.claimed(second);

    models()
        .applied(
            List.of(
                record(part("learner", 5).toBuilder().setWriter(first).build()),
                record(part("learner", 6).toBuilder().setWriter(second).build()),
                record(part("learner", 7).toBuilder().setWriter(first).build()),
                record(part("learner", 8).toBuilder().setWriter(second).build())),
            true);

    assertThat(served).containsExactly(7L);
    assertThat(fence.rivals()).isEqualTo(2);
    assertThat(fence.stale()).isZero();
  }

  @Test
  void whatTheLearnersOfAJobThatStandsByShareIsNotServed() {
    models()
        .applied(
            List.of(
                record(part("learner", 5)),
                record(part("learner", 6).toBuilder().setStandby(true).build())),
            true);

    assertThat(served).containsExactly(5L);
  }

  private static WriterClaim claim(long startedMillis) {
    WriterRun run = WriterRun.newBuilder().setStartedMillis(startedMillis).setId(1).build();
    return WriterClaim.newBuilder().setOrigin(run).setRun(run).build();
  }

  @Test
  void anEvaluationOfAJobNoLongerInChargeDoesNotTakeTheNewerOnesPlace() {
    EvaluationView evaluations = new EvaluationView(view, fence, ofView);
    fence.inCharge(2);

    assertThat(evaluations.admits(evaluation(2))).isTrue();
    assertThat(evaluations.admits(evaluation(1))).isFalse();
    assertThat(evaluations.admits(evaluation(0))).isFalse();
    assertThat(evaluations.admits(record("front/learner/all", null, NOW))).isTrue();
    assertThat(fence.stale()).isEqualTo(2);
  }

  private static ConsumerRecord<byte[], byte[]> evaluation(long epoch) {
    return record(
        "front/learner/all", PolicyEvaluation.newBuilder().setWriterEpoch(epoch).build(), NOW);
  }

  @Test
  void aModelOfAJobNoLongerInChargeIsNotServedThoughThereIsNoOther() {
    ModelView models = models();
    fence.inCharge(2);

    models.applied(List.of(record(part("learner", ModelVersions.at(1, NOW)))), true);
    assertThat(served).isEmpty();
    assertThat(fence.stale()).isEqualTo(1);
    models.applied(List.of(record(part("learner", ModelVersions.at(2, NOW)))), true);

    assertThat(served).containsExactly(ModelVersions.at(2, NOW));
  }

  @Test
  void aTopicMadeAgainMayBeginWithAnOlderVersionNumber() {
    ModelView models = models();
    models.applied(List.of(record(part("learner", 5))), true);

    models.reset();
    models.applied(List.of(record(part("learner", 2))), true);

    assertThat(served).containsExactly(5L, 2L);
  }

  private SessionView sessions() {
    return new SessionView(view, ofView, metrics.interactionToSession(), CLOCK);
  }

  private ModelView models() {
    ModelView models =
        new ModelView(
            view,
            model -> served.add(model.version()),
            fence,
            damaged::add,
            ofView,
            metrics.rewardToServing(),
            CLOCK);
    models.follow(surfaces("learner"));
    return models;
  }

  private static Surfaces surfaces(String... policies) {
    SurfaceConfig.Builder surface =
        SurfaceConfig.newBuilder()
            .setName("front")
            .setLivePolicy("learner")
            .setReward(RewardConfig.getDefaultInstance());
    for (String policy : policies) {
      surface.addPolicies(
          PolicyConfig.newBuilder().setName(policy).setUniform(UniformPolicy.getDefaultInstance()));
    }
    return new Surfaces(List.of(Surface.of(surface.build())));
  }

  private static ServableModel model(String policy, long version, int bytes) {
    return new ServableModel(
        "front",
        policy,
        version,
        ByteString.copyFrom(new byte[bytes]),
        "--cb_explore_adf",
        1,
        NOW - 100,
        0,
        NOW - 250);
  }

  private static ModelSnapshot part(String policy, long version) {
    return ModelParts.split(model(policy, version, 10)).get(0);
  }

  private static ConsumerRecord<byte[], byte[]> record(ModelSnapshot part) {
    return record(
        Topics.modelKey(part.getSurface(), part.getPolicy(), 0, part.getPart()), part, NOW);
  }

  private static ConsumerRecord<byte[], byte[]> record(
      String key, @Nullable MessageLite value, long timestamp) {
    return bytes(key, value == null ? null : value.toByteArray(), timestamp);
  }

  private static ConsumerRecord<byte[], byte[]> bytes(
      String key, byte @Nullable [] value, long timestamp) {
    return new ConsumerRecord<>(
        "any",
        0,
        0,
        timestamp,
        TimestampType.CREATE_TIME,
        0,
        0,
        key.getBytes(UTF_8),
        value,
        new RecordHeaders(),
        Optional.empty());
  }

  private void put(String key, byte[] value) {
    view.apply(0, List.of(new KeyValueView.Entry(key.getBytes(UTF_8), value)), 1);
  }
}
