package io.waggle.app.rebuild;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;

/** Says where two models' bytes differ. Pure. */
final class Difference {
  private Difference() {}

  /** For people; empty: they are equal. */
  static List<String> between(ByteString kept, ByteString rebuilt) {
    if (kept.equals(rebuilt)) {
      return List.of();
    }
    List<String> lines = new ArrayList<>();
    int common = Math.min(kept.size(), rebuilt.size());
    int first = -1;
    int differing = 0;
    for (int i = 0; i < common; i++) {
      if (kept.byteAt(i) != rebuilt.byteAt(i)) {
        first = first < 0 ? i : first;
        differing++;
      }
    }
    lines.add("kept: %d bytes; rebuilt: %d bytes".formatted(kept.size(), rebuilt.size()));
    lines.add(
        first < 0
            ? "the shorter one is the beginning of the longer one"
            : "%d of the first %d bytes differ, the first at offset %d"
                .formatted(differing, common, first));
    return lines;
  }
}
