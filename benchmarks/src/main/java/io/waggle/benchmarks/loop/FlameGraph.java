package io.waggle.benchmarks.loop;

import io.waggle.app.report.Svg;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/**
 * Stacks of a Flight Recorder file as a drawing: a frame is as wide as the share of the samples
 * that it was on, its callers below it, threads at the bottom by the name before their number.
 * Flight Recorder looks at Java code; what native code takes is not in it. One thread.
 */
public final class FlameGraph {
  private static final int WIDTH = 1_600;
  private static final int ROW = 16;
  private static final int TOP = 40;
  private static final double NARROWEST = 0.8;
  private static final double CHARACTER = 6.4;
  private static final int DEEPEST = 120;
  private static final String SAMPLE = "jdk.ExecutionSample";

  /** A frame below its callers, by the name of what it calls. */
  private static final class Node {
    private final Map<String, Node> callees = new TreeMap<>();
    private long samples;

    Node callee(String name) {
      return callees.computeIfAbsent(name, missing -> new Node());
    }

    int depth() {
      return 1 + callees.values().stream().mapToInt(Node::depth).max().orElse(0);
    }
  }

  private final Node root = new Node();
  private final StringBuilder svg = new StringBuilder(65_536);

  /** Reads a recording's samples. */
  public static FlameGraph of(Path recording) throws IOException {
    FlameGraph graph = new FlameGraph();
    try (RecordingFile file = new RecordingFile(recording)) {
      while (file.hasMoreEvents()) {
        RecordedEvent event = file.readEvent();
        if (event.getEventType().getName().equals(SAMPLE) && event.getStackTrace() != null) {
          graph.add(event);
        }
      }
    }
    return graph;
  }

  private void add(RecordedEvent sample) {
    root.samples++;
    Node node = root.callee(thread(sample));
    node.samples++;
    List<RecordedFrame> frames = sample.getStackTrace().getFrames();
    for (int i = frames.size() - 1; i >= Math.max(0, frames.size() - DEEPEST); i--) {
      node = node.callee(name(frames.get(i)));
      node.samples++;
    }
  }

  private static String thread(RecordedEvent sample) {
    var thread = sample.getThread("sampledThread");
    String name = thread == null || thread.getJavaName() == null ? "?" : thread.getJavaName();
    return name.replaceAll("[-# ]*\\d[-\\d]*$", "");
  }

  private static String name(RecordedFrame frame) {
    // A lambda's class has an address behind its name, another one in every run.
    String type =
        frame.getMethod().getType().getName().replaceFirst("\\$\\$Lambda.*", "\\$\\$Lambda");
    return type.substring(type.lastIndexOf('.') + 1) + "." + frame.getMethod().getName();
  }

  /** How many samples there were. */
  public long samples() {
    return root.samples;
  }

  /** The drawing. */
  public String svg(String title) {
    int height = TOP + ROW * (root.depth() + 1);
    svg.append(
        format(
            """
            <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" font-family="monospace" font-size="11">
            <rect width="%1$d" height="%2$d" fill="white"/>
            <text x="8" y="22" font-size="15" font-family="sans-serif">%3$s, %4$d samples</text>
            """,
            WIDTH, height, Svg.escaped(title), root.samples));
    draw("all", root, 0, height - ROW);
    return svg.append("</svg>\n").toString();
  }

  private void draw(String name, Node node, double x, double y) {
    double width = (double) WIDTH * node.samples / Math.max(1, root.samples);
    if (width < NARROWEST) {
      return;
    }
    svg.append(
        format(
            "<g><title>%s: %d samples, %.2f %%</title><rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\""
                + " height=\"%d\" fill=\"%s\" stroke=\"white\" stroke-width=\"0.4\"/>",
            Svg.escaped(name),
            node.samples,
            100.0 * node.samples / root.samples,
            x,
            y,
            width,
            ROW - 1,
            color(name)));
    int characters = (int) (width / CHARACTER) - 1;
    if (characters >= 3) {
      String shown = name.length() > characters ? name.substring(0, characters - 1) + "…" : name;
      svg.append(
          format("<text x=\"%.1f\" y=\"%.1f\">%s</text>", x + 3, y + 11, Svg.escaped(shown)));
    }
    svg.append("</g>\n");
    double next = x;
    for (Map.Entry<String, Node> callee : node.callees.entrySet()) {
      draw(callee.getKey(), callee.getValue(), next, y - ROW);
      next += (double) WIDTH * callee.getValue().samples / root.samples;
    }
  }

  /** Warm, and the same for the same name. */
  private static String color(String name) {
    int hash = name.hashCode();
    return format(
        "#%02x%02x%02x",
        205 + (hash & 0x1f), 120 + ((hash >> 8) & 0x5f), 50 + ((hash >> 16) & 0x1f));
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
