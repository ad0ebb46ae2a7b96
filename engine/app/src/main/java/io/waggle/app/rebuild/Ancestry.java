package io.waggle.app.rebuild;

import io.waggle.v1.ExampleRange;
import io.waggle.v1.ModelLineage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which examples lie between two versions of one policy. Pure. */
final class Ancestry {
  private Ancestry() {}

  /**
   * The examples that the one version learned and the other, its ancestor, had not.
   *
   * @return empty: it is no ancestor
   */
  static Optional<List<ExampleRange>> between(ModelLineage ancestor, ModelLineage version) {
    List<ExampleRange> before = ancestor.getExamplesList();
    List<ExampleRange> all = version.getExamplesList();
    boolean sameBase =
        ancestor.getBaseVersion() == version.getBaseVersion()
            && ancestor.getFeatureSet() == version.getFeatureSet()
            && ancestor.getArguments().equals(version.getArguments())
            && !ancestor.getExamplesLeftOut()
            && !version.getExamplesLeftOut();
    if (!sameBase || ancestor.getVersion() >= version.getVersion() || before.size() > all.size()) {
      return Optional.empty();
    }
    int last = before.size() - 1;
    for (int i = 0; i < last; i++) {
      if (!before.get(i).equals(all.get(i))) {
        return Optional.empty();
      }
    }
    if (last < 0) {
      return Optional.of(all);
    }
    ExampleRange part = before.get(last);
    ExampleRange whole = all.get(last);
    if (part.getLastSequence() > whole.getLastSequence()
        || !part.equals(whole.toBuilder().setLastSequence(part.getLastSequence()).build())) {
      return Optional.empty();
    }
    List<ExampleRange> rest = new ArrayList<>();
    if (part.getLastSequence() < whole.getLastSequence()) {
      rest.add(whole.toBuilder().setFirstSequence(part.getLastSequence() + 1).build());
    }
    rest.addAll(all.subList(last + 1, all.size()));
    return Optional.of(List.copyOf(rest));
  }
}
