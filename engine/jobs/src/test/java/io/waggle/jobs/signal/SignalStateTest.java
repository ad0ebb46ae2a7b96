package io.waggle.jobs.signal;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.core.surface.SignalBounds;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.record.DeadLetters;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.v1.Interaction;
import io.waggle.v1.Signal;
import io.waggle.v1.SignalConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What signals keep of users, and for how long. */
class SignalStateTest {
  private static final long DAY = 86_400_000;
  private static final String USER_KEY = "shop/u";

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void nothingIsLeftOfAUserWhenWhatIsHalfOpenIsOver(long seed) throws Exception {
    for (SignalConfig signal : signals()) {
      try (SignalOperator matcher = new SignalOperator(signal, null)) {
        for (Interaction interaction : RandomInteractions.of(seed, "shop", 300)) {
          matcher.take(interaction);
          matcher.watermark(interaction.getEventTimeMillis() - 1000);
        }
        Interaction last = last(seed);
        matcher.take(last.toBuilder().setUserId("half open").build());
        matcher.watermark(last.getEventTimeMillis());

        matcher.watermark(last.getEventTimeMillis() + 32 * DAY);

        assertThat(matcher.entries()).as("%s, seed %d", signal.getName(), seed).isZero();
        assertThat(matcher.timers()).as("%s, seed %d", signal.getName(), seed).isZero();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void restartAnywhereChangesNoSignal(long seed) throws Exception {
    List<Interaction> interactions = RandomInteractions.of(seed, "shop", 200);
    int cut = new Random(seed).nextInt(interactions.size());
    for (SignalConfig signal : signals()) {
      List<Signal> undisturbed;
      try (SignalOperator matcher = new SignalOperator(signal, null)) {
        matcher.takeAll(interactions);
        matcher.watermark(last(seed).getEventTimeMillis() + 32 * DAY);
        undisturbed = matcher.signals();
      }
      List<Signal> restarted = new ArrayList<>();
      OperatorSubtaskState saved;
      try (SignalOperator before = new SignalOperator(signal, null)) {
        before.takeAll(interactions.subList(0, cut));
        saved = before.snapshot();
        restarted.addAll(before.signals());
      }
      try (SignalOperator after = new SignalOperator(signal, saved)) {
        after.takeAll(interactions.subList(cut, interactions.size()));
        after.watermark(last(seed).getEventTimeMillis() + 32 * DAY);
        restarted.addAll(after.signals());
      }
      assertThat(restarted).as("%s, seed %d", signal.getName(), seed).isEqualTo(undisturbed);
    }
  }

  /** All of a user's interactions fit all steps: nothing has more half-open matches. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{name: a, oneOrMore: true}, {name: z, interaction: z}",
        "{name: a, oneOrMore: true}, {name: b, oneOrMore: true}, {name: z, interaction: z}",
        "{name: a}, {name: b, follow: SIGNAL_FOLLOW_BY_ANY}, {name: z, interaction: z}",
        "{name: a}, {name: b, follow: SIGNAL_FOLLOW_BY_ANY, times: 5}, {name: z, interaction: z}",
        "{name: a}, {name: b, optional: true}, {name: c, optional: true}, {name: d, optional:"
            + " true}, {name: e, optional: true}, {name: z, interaction: z}",
        "{name: a, times: 10}, {name: z, interaction: z}"
      })
  void halfOpenMatchesOfAUserStayUnderAMegabyteWhateverTheStepsAre(String steps) throws Exception {
    SignalConfig signal = SignalExamples.signal("{name: s, within: 3600s, steps: [" + steps + "]}");
    try (SignalOperator operator = new SignalOperator(signal, null)) {
      for (int i = 0; i < SignalBounds.maxInteractions(signal); i++) {
        operator.take(view(RandomInteractions.START + i));
        operator.watermark(RandomInteractions.START + i);
      }

      assertThat(operator.bytes()).isLessThan(1 << 20);
    }
  }

  @Test
  void gateKeepsNothingWhenItsStretchIsOver() throws Exception {
    try (Gate gate = new Gate()) {
      for (int i = 0; i < 500; i++) {
        gate.take(view(RandomInteractions.START + i));
      }
      assertThat(gate.entries()).isEqualTo(1);

      gate.watermark(RandomInteractions.START + 32 * DAY);

      assertThat(gate.entries()).isZero();
      assertThat(gate.timers()).isZero();
    }
  }

  @Test
  void everyInteractionIsTakenOrLateAndTheLateOnesAreDeadLetters() throws Exception {
    try (Gate gate = new Gate()) {
      for (int i = 0; i < 300; i++) {
        gate.take(view(RandomInteractions.START + i));
      }
      gate.watermark(RandomInteractions.START + 1000);
      gate.take(view(RandomInteractions.START + 1000));
      gate.take(view(RandomInteractions.START + 999));
      gate.take(view(RandomInteractions.START + 1001));

      assertThat(gate.count(SignalGate.RECEIVED)).isEqualTo(303);
      assertThat(gate.count(SignalGate.TAKEN)).isEqualTo(301);
      assertThat(gate.count(SignalGate.LATE)).isEqualTo(2);
      assertThat(gate.deadLetters()).isEqualTo(2);
      // Each of the seven signals looks at 256 in its stretch.
      assertThat(gate.count(SignalGate.EXCESS)).isEqualTo(7 * (301 - 256));
    }
  }

  private static List<SignalConfig> signals() throws Exception {
    return ShippedSignals.surfaces().all().get(0).config().getSignalsList();
  }

  private static Interaction last(long seed) {
    List<Interaction> all = RandomInteractions.of(seed, "shop", 300);
    return all.get(all.size() - 1);
  }

  private static Interaction view(long timeMillis) {
    return Interaction.newBuilder()
        .setSurface("shop")
        .setUserId("u")
        .setType("view")
        .setItemId("a")
        .setEventTimeMillis(timeMillis)
        .build();
  }

  private static final class Gate implements AutoCloseable {
    private final SignalGate gate;
    private final KeyedOneInputStreamOperatorTestHarness<String, Interaction, Interaction> harness;

    Gate() throws Exception {
      Surfaces surfaces = ShippedSignals.surfaces();
      gate = new SignalGate(surfaces);
      harness =
          new KeyedOneInputStreamOperatorTestHarness<>(
              new KeyedProcessOperator<>(gate), each -> USER_KEY, Types.STRING);
      harness.setup(
          ProtoTypeInformation.forMessage(Interaction.class)
              .createSerializer(new ExecutionConfig().getSerializerConfig()));
      harness.open();
    }

    void take(Interaction interaction) throws Exception {
      harness.processElement(interaction, interaction.getEventTimeMillis());
    }

    void watermark(long timeMillis) throws Exception {
      harness.processWatermark(new Watermark(timeMillis));
    }

    int entries() {
      return harness.numKeyedStateEntries();
    }

    int timers() {
      return harness.numEventTimeTimers();
    }

    long count(String name) {
      return gate.count("shop", name);
    }

    int deadLetters() {
      return harness.getSideOutput(DeadLetters.TAG).size();
    }

    @Override
    public void close() throws Exception {
      harness.close();
    }
  }
}
