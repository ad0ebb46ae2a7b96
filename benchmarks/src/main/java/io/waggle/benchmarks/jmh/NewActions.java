package io.waggle.benchmarks.jmh;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.waggle.v1.Action;
import io.waggle.v1.RankRequest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A request's bytes over and over, each time with actions that nobody has sent before: their ids
 * have the number of the call in them. Immutable.
 */
public final class NewActions {
  private static final String MARK = "new-";
  private static final int DIGITS = 16;

  private final byte[] bytes;
  private final int[] numbersAt;

  /** Of that request with other ids. */
  public NewActions(RankRequest request) {
    RankRequest.Builder marked = request.toBuilder();
    for (int i = 0; i < request.getActionsCount(); i++) {
      Action action = request.getActions(i);
      marked.setActions(i, action.toBuilder().setId(MARK + "0".repeat(DIGITS) + "-" + i).build());
    }
    bytes = marked.build().toByteArray();
    numbersAt = find(new String(bytes, ISO_8859_1));
    if (numbersAt.length != request.getActionsCount()) {
      throw new IllegalArgumentException(
          "request: \"" + MARK + "\" (expected: in none of its texts)");
    }
  }

  private static int[] find(String text) {
    List<Integer> found = new ArrayList<>();
    for (int at = text.indexOf(MARK); at >= 0; at = text.indexOf(MARK, at + 1)) {
      found.add(at + MARK.length());
    }
    return found.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The request of that number. */
  public byte[] bytes(long number) {
    byte[] request = bytes.clone();
    byte[] digits = HexFormat.of().toHexDigits(number).getBytes(ISO_8859_1);
    for (int at : numbersAt) {
      System.arraycopy(digits, 0, request, at, DIGITS);
    }
    return request;
  }
}
