package io.waggle.benchmarks.bakeoff;

import io.waggle.v1.Action;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/**
 * Rows of a classification data set as contexts, and its classes as actions. Immutable.
 *
 * @param labels the class of each row, from 0
 * @param contexts namespace {@code x} of each row: scaled values by column, zeros left out
 * @param actions one per class: namespace {@code a} is the action's own, its id {@code c0} ...
 */
record Classification(List<Integer> labels, List<Namespace> contexts, List<Action> actions) {

  /**
   * Reads {@code label,column,...} with a header from a gzipped CSV file of numbers.
   *
   * @param scale what values are divided by
   * @throws IOException when the file cannot be read or holds something else
   */
  static Classification read(Path file, int classes, double scale) throws IOException {
    List<Integer> labels = new ArrayList<>();
    List<Namespace> contexts = new ArrayList<>();
    try (InputStream bytes = new GZIPInputStream(Files.newInputStream(file));
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8))) {
      String header = lines.readLine();
      if (header == null) {
        throw new IOException(file + ": empty (expected: a header and rows)");
      }
      String[] columns = header.split(",", -1);
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] values = line.split(",", -1);
        int label = Integer.parseInt(values[0]);
        if (values.length != columns.length || label < 0 || label >= classes) {
          throw new IOException(
              "%s: %s (expected: a class below %d and %d values)"
                  .formatted(file, line, classes, columns.length - 1));
        }
        labels.add(label);
        contexts.add(context(columns, values, scale));
      }
    }
    List<Action> actions = new ArrayList<>();
    for (int k = 0; k < classes; k++) {
      actions.add(Action.newBuilder().setId("c" + k).build());
    }
    return new Classification(List.copyOf(labels), List.copyOf(contexts), List.copyOf(actions));
  }

  private static Namespace context(String[] columns, String[] values, double scale) {
    Namespace.Builder context = Namespace.newBuilder().setName("x");
    for (int column = 1; column < columns.length; column++) {
      double value = Double.parseDouble(values[column]) / scale;
      if (value != 0) {
        // Six significant digits, as the reference's examples have.
        double rounded = Double.parseDouble(String.format(Locale.ROOT, "%.6g", value));
        context.addFeatures(
            Feature.newBuilder()
                .setName(columns[column])
                .setValue(FeatureValue.newBuilder().setNumber(rounded)));
      }
    }
    return context.build();
  }

  int rows() {
    return labels.size();
  }
}
