package io.waggle.core.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bytes that are hashed are those of the text that Vowpal Wabbit learned from. */
class EscapedTextTest {
  private static final List<String> PIECES =
      List.of("a", "Z", "7", " ", "\t", "\0", "\u007f", "|", ":", "%", "=", "%20", "é", "\u07ff");

  /** Three and four bytes of UTF-8; the last is half a surrogate pair. */
  private static final List<String> WIDE =
      List.of("\u0800", "日", "\uD83D\uDC1D", "\uDBFF\uDFFF", "\uD83D");

  static IntStream seeds() {
    return IntStream.range(0, 200);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void anyTextIsEscapedAsInTheLearnersText(long seed) {
    String raw = text(new Random(seed));
    StringBuilder value = new StringBuilder();
    FeatureText.appendValue(value, raw);
    byte[] bytes = new byte[EscapedText.LARGEST * raw.length()];

    assertThat(written(bytes, EscapedText.writeValue(bytes, 0, raw))).isEqualTo(value.toString());
    assertThat(written(bytes, EscapedText.writeName(bytes, 0, raw)))
        .isEqualTo(value.toString().replace("=", "%3D"));
  }

  private static String written(byte[] bytes, int length) {
    return new String(bytes, 0, length, StandardCharsets.US_ASCII);
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      List<String> pieces = random.nextInt(3) == 0 ? WIDE : PIECES;
      text.append(pieces.get(random.nextInt(pieces.size())));
    }
    return text.toString();
  }
}
