package io.waggle.core.surface;

import static java.util.stream.Collectors.joining;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** Adds to broken rules the line of a YAML document that they are of. Pure. */
final class YamlLines {
  private YamlLines() {}

  /**
   * The same problems, each {@code path: value (expected: ...)}, with {@code , line N} behind where
   * the path, or what it begins with, stands in the document.
   */
  static String with(@Nullable String problems, Node document) {
    return String.valueOf(problems)
        .lines()
        .map(problem -> problem + line(problem, document))
        .collect(joining("\n"));
  }

  private static String line(String problem, Node document) {
    int colon = problem.indexOf(": ");
    Node parent = document;
    String line = "";
    for (String step : problem.substring(0, Math.max(0, colon)).split("\\.", -1)) {
      Node child = child(parent, step);
      if (child == null) {
        break;
      }
      line = ", line " + (child.getStartMark().getLine() + 1);
      parent = child;
    }
    return line;
  }

  /** What stands at a name, which may have an index as in {@code rows[1]}; null: nothing. */
  private static @Nullable Node child(Node parent, String step) {
    int bracket = step.indexOf('[');
    Node child = named(parent, bracket < 0 ? step : step.substring(0, bracket));
    if (bracket < 0 || !(child instanceof SequenceNode list)) {
      return child;
    }
    int index = Integer.parseInt(step.substring(bracket + 1, step.length() - 1));
    return index < list.getValue().size() ? list.getValue().get(index) : child;
  }

  /**
   * Keys are written as in the contract, {@code live_policy}, or as in JSON, {@code livePolicy}.
   */
  private static @Nullable Node named(Node parent, String name) {
    if (parent instanceof MappingNode mapping) {
      for (NodeTuple entry : mapping.getValue()) {
        if (entry.getKeyNode() instanceof ScalarNode key
            && key.getValue().replace("_", "").equalsIgnoreCase(name.replace("_", ""))) {
          return entry.getValueNode();
        }
      }
    }
    return null;
  }
}
