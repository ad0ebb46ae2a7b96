package io.waggle.core.codec;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.waggle.core.model.VowpalWabbitLearner;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class VowpalWabbitModelTest {
  /**
   * The indices were found by the hash's rule, not by reading this model; the weights' last digits
   * differ from one processor to another.
   */
  @Test
  void theGoldenModelIsReadFieldByField() {
    VowpalWabbitModel model = VowpalWabbitModel.parse(GoldenModel.bytes());

    assertThat(model.header())
        .isEqualTo(
            new ModelHeader(
                "",
                -1,
                0,
                18,
                " --cb_adf --cb_explore_adf --cb_type mtr --csoaa_ldf multiline --csoaa_rank"
                    + " --lambda 3 --quadratic UA --softmax"));
    assertThat(model.counters()).isEqualTo(new ModelCounters(false, 0, 1, 2));
    LearnerCounters learner = Objects.requireNonNull(model.learner());
    assertThat(learner.t()).isEqualTo(1);
    assertThat(learner.l2State()).isEqualTo(1);
    assertThat(model.weights().columns()).isEqualTo(3);
    int[] indices = {111846, 116060, 157305, 165501, 180805, 250046};
    assertThat(model.weights().size()).isEqualTo(indices.length);
    for (int row = 0; row < indices.length; row++) {
      assertThat(model.weights().index(row)).isEqualTo(indices[row]);
    }
    assertThat(model.weights().value(model.weights().row(157305), WeightTable.WEIGHT))
        .isCloseTo(-0.11767991f, within(1e-4f));
    assertThat(model.weights().value(model.weights().row(165501), WeightTable.WEIGHT))
        .isCloseTo(-0.05883995f, within(1e-4f));
    assertThat(model.weights().row(117687)).isNegative();
    assertThat(model.options().value("--lambda")).contains("3");
    assertThat(model.options().has("--softmax")).isTrue();
  }

  @Test
  void theGoldenModelIsWrittenByteForByte() {
    assertThat(GoldenModel.bytes()).hasSize(405);
    assertThat(VowpalWabbitModel.parse(GoldenModel.bytes()).bytes()).isEqualTo(GoldenModel.bytes());
  }

  @Test
  void theDenseViewHoldsEveryWeightAtItsIndex() {
    WeightTable weights = VowpalWabbitModel.parse(GoldenModel.bytes()).weights();
    float[] dense = weights.dense(18, WeightTable.WEIGHT);

    assertThat(dense).hasSize(1 << 18);
    for (int row = 0; row < weights.size(); row++) {
      assertThat(dense[weights.index(row)]).isEqualTo(weights.value(row, WeightTable.WEIGHT));
    }
    assertThat(dense[117687]).isZero();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whatALearnerSavedIsWrittenByteForByteAndGoesOn(long seed) throws Exception {
    Random random = new Random(seed);
    String arguments = TrainedModels.randomArguments(random);
    assertThat(ModelOptions.problem(arguments)).as(arguments).isNull();
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(arguments, null)) {
      TrainedModels.learn(learner, random, random.nextInt(200));
      byte[] saved = learner.modelBytes();

      byte[] written = VowpalWabbitModel.parse(saved).bytes();

      assertThat(written).as(arguments).isEqualTo(saved);
      try (VowpalWabbitLearner restored = VowpalWabbitLearner.open(arguments, written)) {
        List<double[]> expected = TrainedModels.learn(learner, new Random(seed), 100);
        assertThat(TrainedModels.learn(restored, new Random(seed), 100))
            .as(arguments)
            .usingElementComparator(Arrays::compare)
            .containsExactlyElementsOf(expected);
        assertThat(restored.modelBytes()).as(arguments).isEqualTo(learner.modelBytes());
      }
    }
  }

  static long[] seeds() {
    return LongStream.rangeClosed(1, 40).toArray();
  }

  @Test
  void aModelWithoutAZeroIsWrittenByteForByte() throws Exception {
    byte[] saved = TrainedModels.trained("--cb_explore_adf --initial_t 5 -b 10", 1, 50);

    assertThat(VowpalWabbitModel.parse(saved).weights().size()).isEqualTo(1 << 10);
    assertThat(VowpalWabbitModel.parse(saved).bytes()).isEqualTo(saved);
  }

  @Test
  void thirtyBitsAreRead() {
    byte[] bytes = GoldenModel.bytes();
    VowpalWabbitModel small = VowpalWabbitModel.parse(bytes);
    VowpalWabbitModel large =
        new VowpalWabbitModel(
            withBits(small.header(), 30),
            small.counters(),
            small.learner(),
            new WeightTable(new int[] {7, (1 << 30) - 1}, new float[][] {{1, 2}, {3, 4}, {5, 6}}));

    assertThat(VowpalWabbitModel.parse(large.bytes()).bytes()).isEqualTo(large.bytes());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 31, 32, -1})
  void otherNumbersOfBitsAreRefusedByName(int bits) {
    VowpalWabbitModel small = VowpalWabbitModel.parse(GoldenModel.bytes());
    byte[] bytes =
        new VowpalWabbitModel(
                withBits(small.header(), bits), small.counters(), small.learner(), small.weights())
            .bytes();

    refused(bytes, "bits at byte 24: ");
  }

  private static ModelHeader withBits(ModelHeader header, int bits) {
    return new ModelHeader(
        header.id(), header.minLabel(), header.maxLabel(), bits, header.options());
  }

  @Test
  void everyTruncationIsRefusedButAtTheEdgeOfARow() {
    byte[] whole = GoldenModel.bytes();
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      if (length >= 309 && (length - 309) % 16 == 0) {
        assertThat(VowpalWabbitModel.parse(cut).bytes()).isEqualTo(cut);
      } else {
        assertThatThrownBy(() -> VowpalWabbitModel.parse(cut))
            .isInstanceOf(ModelFormatException.class)
            .hasMessageContaining("at byte");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void alteredBytesAreRefusedOrAreAnotherModelThatIsWrittenAsItWas(long seed) throws Exception {
    Random random = new Random(seed);
    byte[] sound = TrainedModels.trained(TrainedModels.randomArguments(random), seed, 60);
    for (int i = 0; i < 2_000; i++) {
      byte[] altered = sound.clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        altered[random.nextInt(altered.length)] ^= (byte) (1 << random.nextInt(8));
      }
      assertRefusedOrWrittenAsItWas(altered);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void bytesThatAreNoModelAreRefused(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 5_000; i++) {
      byte[] foreign = new byte[random.nextInt(600)];
      random.nextBytes(foreign);
      assertThatThrownBy(() -> VowpalWabbitModel.parse(foreign))
          .isInstanceOf(ModelFormatException.class);
    }
  }

  private static void assertRefusedOrWrittenAsItWas(byte[] altered) {
    VowpalWabbitModel model;
    try {
      model = VowpalWabbitModel.parse(altered);
    } catch (ModelFormatException e) {
      assertThat(e.field()).isNotBlank();
      assertThat(e.offset()).isBetween(0L, (long) altered.length);
      return;
    }
    assertThat(model.bytes()).isEqualTo(altered);
  }

  @Test
  void everyBitOfTheHeaderIsUnderTheChecksum() {
    byte[] sound = GoldenModel.bytes();
    for (int bit = 0; bit < (309 - 145) * 8; bit++) {
      byte[] altered = sound.clone();
      altered[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThatThrownBy(() -> VowpalWabbitModel.parse(altered))
          .isInstanceOf(ModelFormatException.class);
    }
  }

  @Test
  void whatVowpalWabbitLoadsSilentlyIsRefusedByName() {
    refused(altered(bytes -> bytes.putInt(309, 200_000)), "index at byte 325: ");
    refused(altered(bytes -> bytes.putInt(389, 1 << 18)), "index at byte 389: 262144");
    refused(altered(bytes -> bytes.putInt(389, -1)), "index at byte 389: 4294967295");
    refused(altered(bytes -> bytes.putFloat(313, Float.NaN)), "weight at byte 313: NaN");
    refused(
        altered(bytes -> bytes.putFloat(313, Float.POSITIVE_INFINITY)),
        "weight at byte 313: Infinity");
    refused(altered(bytes -> bytes.putFloat(317, -1)), "optimizer at byte 317: -1.0");
    refused(
        altered(bytes -> bytes.putFloat(313, 0).putFloat(317, 0).putFloat(321, 0)),
        "weight at byte 321: a row of 0");
    refused(altered(bytes -> bytes.put(180, (byte) 2)), "resume at byte 180: 2");
    refused(altered(bytes -> bytes.putDouble(193, Double.NaN)), "t at byte 193: NaN");
    refused(altered(bytes -> bytes.putLong(253, -1)), "example_number at byte 253: ");
    refused(Arrays.copyOf(GoldenModel.bytes(), 406), "weights at byte 309: 97 bytes");
  }

  /** VW loads newer ones with a warning, and older ones without. */
  @ParameterizedTest
  @ValueSource(strings = {"8.3.0", "9.2.0", "9.9.9", "9.3.1", "a.b.c"})
  void otherVersionsAreRefused(String version) {
    refused(
        altered(bytes -> bytes.put(4, version.getBytes(US_ASCII), 0, 5)),
        "version at byte 0: " + version);
  }

  @Test
  void whatAProcessThatOnlyPredictsSavedIsRefused() {
    ByteBuffer bytes = ByteBuffer.allocate(309 + 32).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(GoldenModel.bytes(), 0, 309);
    for (int index = 10; index <= 40; index += 10) {
      bytes.putInt(index).putFloat(0.5f);
    }

    refused(bytes.array(), "weights at byte");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--coin",
        "--ftrl",
        "--nn 3",
        "--automl 3",
        "--epsilon_decay",
        "--synthcover",
        "--baseline",
        "--lrq ca3",
        "--ngram c2",
        "--affix +2c",
        "--link glf1",
        "--sparse_weights",
        "--boosting 3",
        "--freegrad",
        "--bag 3 --squarecb"
      })
  void learnersThatTheCodecDoesNotKnowAreNamed(String options) {
    assertThat(ModelOptions.problem("--cb_explore_adf " + options)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--coin", "--automl 3", "--lrq ca3", "--ngram c2", "--boosting 3"})
  void modelsThatTheCodecDoesNotKnowAreRefused(String options) throws Exception {
    byte[] bytes = TrainedModels.trained("--cb_explore_adf " + options, 1, 50);

    assertThatThrownBy(() -> VowpalWabbitModel.parse(bytes))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageMatching("(options|ngrams) at byte .*");
  }

  @Test
  void aModelThatOnlyPredictsKeepsItsWeightsAlone() {
    VowpalWabbitModel whole = VowpalWabbitModel.parse(GoldenModel.bytes());
    VowpalWabbitModel predicting =
        new VowpalWabbitModel(
            whole.header(),
            whole.counters(),
            null,
            new WeightTable(new int[] {3, 5}, new float[][] {{1, 2}}));

    VowpalWabbitModel read = VowpalWabbitModel.parse(predicting.bytes());

    assertThat(read.learner()).isNull();
    assertThat(read.weights().columns()).isEqualTo(1);
    assertThat(read.bytes()).isEqualTo(predicting.bytes());
  }

  private static byte[] altered(Consumer<ByteBuffer> change) {
    ByteBuffer bytes = ByteBuffer.wrap(GoldenModel.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    change.accept(bytes);
    return bytes.array();
  }

  private static void refused(byte[] bytes, String message) {
    assertThatThrownBy(() -> VowpalWabbitModel.parse(bytes))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageStartingWith(message)
        .hasMessageContaining("(expected: ");
  }
}
