package io.waggle.app.admin;

import static io.waggle.app.admin.PolicyText.number;

import io.waggle.app.report.Table;
import io.waggle.v1.ActionExplanation;
import io.waggle.v1.ConstraintEffect;
import io.waggle.v1.Contribution;
import io.waggle.v1.Decision;
import io.waggle.v1.Draw;
import io.waggle.v1.ExplainDecisionResponse;
import io.waggle.v1.FeaturePart;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.ItemRetrieval;
import io.waggle.v1.Namespace;
import io.waggle.v1.SlotExplanation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** An explained decision as text. Pure; for one answer. */
final class ExplanationText {
  private static final String UNKNOWN = "-";

  /** Widest name of a feature in a table. */
  private static final int WIDEST = 80;

  /** Most actions in a table, unless more are asked for. */
  private static final int ROWS_SHOWN = 20;

  /** Most features of the shared namespaces in a line. */
  private static final int FEATURES_SHOWN = 30;

  private final ExplainDecisionResponse answer;
  private final Decision decision;
  private final int actionsShown;
  private final List<String> lines = new ArrayList<>();

  /** Place in the shown order by action id, from 1. */
  private final Map<String, Integer> places = new HashMap<>();

  /**
   * Of an answer.
   *
   * @param actionsShown how many actions of each slot are told with their contributions
   */
  ExplanationText(ExplainDecisionResponse answer, int actionsShown) {
    this.answer = answer;
    this.decision = answer.getDecision();
    this.actionsShown = actionsShown;
    for (int place = 0; place < decision.getOrderCount(); place++) {
      places.put(decision.getActions(decision.getOrder(place)).getId(), place + 1);
    }
  }

  String text() {
    head();
    known("context", decision.getContextList());
    known("session", decision.getSessionList());
    answer.getExplanation().getFactsList().forEach(fact -> lines.add("- " + fact));
    answer.getExplanation().getConstraintsList().forEach(this::constraint);
    answer.getExplanation().getSlotsList().forEach(this::slot);
    lines.add("");
    reproduction();
    answer.getExplanation().getNotesList().forEach(note -> lines.add("note: " + note));
    return String.join("\n", lines);
  }

  private void head() {
    lines.add(
        "decision %s on %s, %s (found in %s)"
            .formatted(
                decision.getDecisionId(),
                decision.getSurface(),
                Instant.ofEpochMilli(decision.getEventTimeMillis()),
                answer.getDecisionSource()));
    String policy = "policy %s, ".formatted(decision.getPolicy());
    if (decision.getModelVersion() == 0) {
      lines.add(policy + "without a model");
    } else if (answer.getModelSource().isEmpty()) {
      lines.add(policy + "model %d, not held any more".formatted(decision.getModelVersion()));
    } else {
      lines.add(
          policy
              + "model %d of %d decisions, then %s s old (%s)"
                  .formatted(
                      decision.getModelVersion(),
                      answer.getEventsLearned(),
                      number("%.1f", answer.getModelAgeMillis() / 1e3),
                      answer.getModelSource()));
    }
    lines.add(
        decision.getSessionVersion() == 0
            ? "no session was known"
            : "session of %d interactions and signals".formatted(decision.getSessionVersion()));
    if (decision.hasRetrieval()) {
      lines.add("items: " + items(decision.getRetrieval()));
    }
  }

  /** From all that there were to those that were ranked. */
  private static String items(ItemRetrieval retrieval) {
    String known =
        retrieval.getNamed() == 0
            ? count(retrieval.getKnown())
            : "%s known of %s named"
                .formatted(count(retrieval.getKnown()), count(retrieval.getNamed()));
    String selected =
        switch (retrieval.getFilters()) {
          case 0 -> "all " + known + " selected";
          case 1 -> "filter selected %s of %s".formatted(count(retrieval.getSelected()), known);
          default ->
              "%d filters selected %s of %s"
                  .formatted(retrieval.getFilters(), count(retrieval.getSelected()), known);
        };
    String kept =
        retrieval.getKept() == retrieval.getSelected() ? "all" : count(retrieval.getKept());
    String random =
        retrieval.getRandom() == 0
            ? ""
            : " (%s at random)"
                .formatted(
                    retrieval.getRandom() == retrieval.getKept()
                        ? "all"
                        : count(retrieval.getRandom()));
    return "%s, retrieval kept %s%s, %s ranked"
        .formatted(selected, kept, random, count(retrieval.getRanked()));
  }

  private static String count(int items) {
    return String.format(Locale.ROOT, "%,d", items);
  }

  private void known(String name, List<Namespace> namespaces) {
    List<String> features =
        namespaces.stream()
            .flatMap(
                namespace ->
                    namespace.getFeaturesList().stream()
                        .map(
                            feature ->
                                "%s.%s=%s"
                                    .formatted(
                                        namespace.getName(),
                                        feature.getName(),
                                        value(feature.getValue()))))
            .toList();
    if (!features.isEmpty()) {
      int more = features.size() - FEATURES_SHOWN;
      lines.add(
          "%s: %s%s"
              .formatted(
                  name,
                  features.stream().limit(FEATURES_SHOWN).collect(Collectors.joining(", ")),
                  more > 0 ? ", and " + more + " more" : ""));
    }
  }

  private static String value(FeatureValue value) {
    return switch (value.getKindCase()) {
      case NUMBER -> plain(value.getNumber());
      case TEXT -> value.getText();
      case TEXTS -> String.join("|", value.getTexts().getValuesList());
      case KIND_NOT_SET -> "";
    };
  }

  private void constraint(ConstraintEffect effect) {
    List<String> done = new ArrayList<>();
    if (effect.getExcludedCount() > 0) {
      done.add("excluded " + String.join(", ", effect.getExcludedList()));
    }
    if (effect.getPenalized() > 0) {
      done.add("made %d less probable".formatted(effect.getPenalized()));
    }
    if (!effect.getPinned().isEmpty()) {
      done.add("pinned %s to place %d".formatted(effect.getPinned(), effect.getPinnedPlace()));
    }
    if (effect.getKeptBack() > 0) {
      done.add("kept an action back at %d places".formatted(effect.getKeptBack()));
    }
    if (effect.getUnmet() > 0) {
      done.add("gave way %d times".formatted(effect.getUnmet()));
    }
    lines.add("constraint %s: %s".formatted(effect.getConstraint(), String.join("; ", done)));
  }

  private void slot(SlotExplanation slot) {
    lines.add("");
    if (!slot.getSlotId().isEmpty()) {
      lines.add("slot " + slot.getSlotId());
    }
    draw(slot.getDraw());
    String drawn = slot.getDraw().getActionId();
    List<ActionExplanation> actions =
        slot.getActionsList().stream()
            .sorted(
                Comparator.comparing((ActionExplanation one) -> !one.getActionId().equals(drawn))
                    .thenComparing(
                        one -> places.getOrDefault(one.getActionId(), Integer.MAX_VALUE)))
            .toList();
    Table table = new Table("action", "shown at", "cost", "by policy", "factor", "drawn with");
    int rows = Math.max(actionsShown, ROWS_SHOWN);
    for (ActionExplanation action : actions.subList(0, Math.min(rows, actions.size()))) {
      Integer place = places.get(action.getActionId());
      table.row(
          cut(action.getActionId()),
          place == null ? UNKNOWN : place.toString(),
          action.hasScore() ? number("%+.6f", action.getScore()) : UNKNOWN,
          action.hasPolicyProbability() ? number("%.6f", action.getPolicyProbability()) : UNKNOWN,
          plain(action.getFactor()),
          number("%.6f", action.getProbability()));
    }
    lines.addAll(table.lines());
    if (actions.size() > rows) {
      lines.add("and %d more".formatted(actions.size() - rows));
    }
    actions.stream().filter(ActionExplanation::hasScore).limit(actionsShown).forEach(this::action);
  }

  private void draw(Draw draw) {
    lines.add(
        "draw: seed %s gives %s, in [%s, %s) of %s"
            .formatted(
                Long.toHexString(draw.getSeed()),
                number("%.6f", draw.getNumber()),
                number("%.6f", draw.getLower()),
                number("%.6f", draw.getUpper()),
                draw.getActionId()));
  }

  private void action(ActionExplanation action) {
    lines.add("");
    String sets =
        action.getSetScoresList().stream()
            .map(score -> number("%+.6f", score))
            .collect(Collectors.joining(", "));
    lines.add(
        "%s: cost %s (negative is good)%s"
            .formatted(
                action.getActionId(),
                number("%+.6f", action.getScore()),
                sets.isEmpty() ? "" : ", the mean of " + sets));
    Table table = new Table("  feature", "value", "weight", "adds");
    for (Contribution part : action.getContributionsList()) {
      table.row(
          "  " + cut(name(part)),
          plain(part.getValue()),
          number("%+.6f", part.getWeight()),
          number("%+.6f", part.getContribution()));
    }
    if (action.getOtherCount() > 0) {
      table.row(
          "  %d others".formatted(action.getOtherCount()),
          "",
          "",
          number("%+.6f", action.getOthers()));
    }
    lines.addAll(table.lines());
  }

  private static String name(Contribution contribution) {
    return contribution.getPartsList().stream()
        .map(ExplanationText::name)
        .collect(Collectors.joining(" * "));
  }

  private static String name(FeaturePart part) {
    String name =
        part.getNamespace().isEmpty()
            ? part.getFeature()
            : part.getNamespace() + "." + part.getFeature();
    return part.hasText() ? name + "=" + part.getText() : name;
  }

  private void reproduction() {
    switch (answer.getReproduction().getOutcome()) {
      case REPRODUCTION_OUTCOME_EQUAL ->
          lines.add("made again: probabilities, order and draw are those logged, bit for bit");
      case REPRODUCTION_OUTCOME_DIFFERENT -> {
        lines.add("made again: DIFFERENT from what was logged");
        answer.getReproduction().getDifferencesList().forEach(line -> lines.add("  " + line));
      }
      case REPRODUCTION_OUTCOME_UNSPECIFIED, UNRECOGNIZED -> lines.add("not made again");
    }
  }

  private static String cut(String name) {
    return name.length() <= WIDEST ? name : name.substring(0, WIDEST - 3) + "...";
  }

  /** At most six digits, none for show. */
  private static String plain(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? number("%.0f", value)
        : number("%.6g", value);
  }
}
