package io.waggle.jobs.registry;

import static io.waggle.jobs.registry.Versions.version;
import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.state.model.ModelParts;
import io.waggle.state.registry.ModelName;
import io.waggle.state.registry.ModelRegistry;
import io.waggle.state.registry.Retention;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.v1.Control;
import io.waggle.v1.ModelPin;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.RegisteredModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RegistryOperatorTest {
  private static final ModelName FIRST = new ModelName("front", "live", 1_000);
  private static final ModelName SECOND = new ModelName("front", "live", 2_000);

  @TempDir Path directory;

  @Test
  void versionsArePutIntoTheRegistryBeforeTheJobEnds() throws Exception {
    try (Operator operator = open(null)) {
      operator.put(FIRST);
      operator.put(SECOND);
      operator.end();

      // The first may have been replaced by the second while it waited.
      assertThat(operator.said()).contains(kept(SECOND, false));
      assertThat(registry().bytes(SECOND)).isEqualTo(version(SECOND).bytes());
    }
  }

  @Test
  void aPinIsFollowedAndSaid() throws Exception {
    try (Operator operator = open(null)) {
      operator.put(FIRST);
      operator.pin(FIRST);
      operator.end();

      assertThat(operator.said()).containsExactly(kept(FIRST, false), kept(FIRST, true));
    }
  }

  @Test
  void afterARestoreTheListingIsMadeToFitTheRegistry() throws Exception {
    OperatorSubtaskState saved;
    try (Operator operator = open(null)) {
      operator.put(FIRST);
      operator.end();
      saved = operator.snapshot(1, 1);
    }
    registry().delete(FIRST);
    registry().put(version(SECOND).lineage(), version(SECOND).bytes());

    try (Operator operator = open(saved)) {
      operator.end();

      assertThat(operator.said()).containsExactly(kept(SECOND, false), RegistryRecords.gone(FIRST));
      assertThat(operator.said()).extracting(RegistryRecords::isGone).containsExactly(false, true);
    }
  }

  private static RegisteredModel kept(ModelName name, boolean pinned) {
    return RegisteredModel.newBuilder()
        .setLineage(version(name).lineage())
        .setPinned(pinned)
        .build();
  }

  private ModelRegistry registry() {
    return ModelRegistry.in(directory);
  }

  private Operator open(@Nullable OperatorSubtaskState from) throws Exception {
    return new Operator(
        new RegistrySettings(
            directory.toUri(), RegistrySettings.EVERY, new Retention(5, Duration.ofDays(1))),
        from);
  }

  /** The operator in a harness. */
  private static final class Operator extends AbstractStreamOperatorTestHarness<RegisteredModel> {
    Operator(RegistrySettings settings, @Nullable OperatorSubtaskState from) throws Exception {
      super(new RegistryOperatorFactory(settings), MockEnvironment.builder().build());
      setup(
          ProtoTypeInformation.forMessage(RegisteredModel.class)
              .createSerializer(new SerializerConfigImpl()));
      if (from != null) {
        initializeState(from);
      }
      open();
    }

    void put(ModelName name) throws Exception {
      for (ModelSnapshot part : ModelParts.split(version(name))) {
        inner().processElement1(new StreamRecord<>(part));
      }
    }

    void pin(ModelName name) throws Exception {
      inner()
          .processElement2(
              new StreamRecord<>(
                  Control.newBuilder()
                      .setPin(
                          ModelPin.newBuilder()
                              .setSurface(name.surface())
                              .setPolicy(name.policy())
                              .setVersion(name.version())
                              .setPinned(true))
                      .build()));
    }

    /** The end of the versions: what is under way is finished. */
    void end() throws Exception {
      inner().endInput(1);
    }

    List<RegisteredModel> said() {
      return extractOutputValues();
    }

    private RegistryOperator inner() {
      return (RegistryOperator) operator;
    }
  }
}
