package io.waggle.app.replay;

import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import io.waggle.v1.Reward;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One campaign of the Open Bandit Dataset (Saito, Aihara, Matsutani, Narita, 2020): rows of {@code
 * LOG/CAMPAIGN/CAMPAIGN.csv[.gz]} as decisions with their rewards. A decision's context is {@code
 * user} (the user features and the position), its actions are all items with their features and the
 * user's past clicks on each ({@code history}); its propensity is the logged one, the chosen item
 * is all that is known of the order. One thread.
 */
final class OpenBanditLog implements AutoCloseable {
  /** {@code 2019-11-24 00:03:13.442536+00:00}; fraction and a {@code T} are optional. */
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendLiteral(' ')
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .appendOffsetId()
          .toFormatter();

  private static final String AFFINITY = "user-item_affinity_";

  /** A row as two records. */
  record LoggedRow(Decision decision, Reward reward) {}

  /** A campaign's files. */
  record Campaign(String name, Path rows, Path items) {}

  private final String surface;
  private final String log;
  private final CsvFile rows;
  private final Map<String, Action> items;
  private final Map<String, Integer> itemIndex = new LinkedHashMap<>();
  private final List<String> userColumns = new ArrayList<>();
  private long newestMillis;

  private OpenBanditLog(String surface, String log, CsvFile rows, Map<String, Action> items) {
    this.surface = surface;
    this.log = log;
    this.rows = rows;
    this.items = items;
    items.keySet().forEach(id -> itemIndex.put(id, itemIndex.size()));
    rows.names().stream()
        .filter(name -> name.startsWith("user_feature_"))
        .forEach(userColumns::add);
  }

  /**
   * The campaign under {@code DIR/LOG}; its name where there are several.
   *
   * @throws IllegalArgumentException when there is none, or several and no name
   */
  static Campaign find(Path directory, String log, @Nullable String campaign) throws IOException {
    Path ofLog = directory.resolve(log);
    if (!Files.isDirectory(ofLog)) {
      throw new IllegalArgumentException(ofLog + ": no such directory (expected: the log's)");
    }
    Map<String, Campaign> found = new LinkedHashMap<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(ofLog, Files::isDirectory)) {
      for (Path folder : folders) {
        String name = String.valueOf(folder.getFileName());
        Path rows = plainOrZipped(folder, name + ".csv");
        Path items = plainOrZipped(folder, "item_context.csv");
        if (rows != null && items != null) {
          found.put(name, new Campaign(name, rows, items));
        }
      }
    }
    Campaign chosen = found.get(campaign);
    if (campaign == null && found.size() == 1) {
      chosen = found.values().iterator().next();
    }
    if (chosen == null) {
      throw new IllegalArgumentException(
          "campaign: %s (expected: one of %s in %s)"
              .formatted(campaign, new TreeSet<>(found.keySet()), ofLog));
    }
    return chosen;
  }

  private static @Nullable Path plainOrZipped(Path folder, String name) {
    Path plain = folder.resolve(name);
    Path zipped = folder.resolve(name + ".gz");
    return Files.exists(zipped) ? zipped : Files.exists(plain) ? plain : null;
  }

  static OpenBanditLog open(String surface, String log, Campaign campaign) throws IOException {
    return new OpenBanditLog(surface, log, CsvFile.open(campaign.rows()), items(campaign.items()));
  }

  /** Rows of a file, for progress; reads it once. */
  static long rowCount(Campaign campaign) throws IOException {
    long count = 0;
    try (CsvFile file = CsvFile.open(campaign.rows())) {
      while (true) {
        try {
          if (file.next() == null) {
            return count;
          }
        } catch (BadRowException e) {
          // Counted as any other; who reads it for its content says what is wrong with it.
        }
        count++;
      }
    }
  }

  /** Share of the rows' file that has been read, in [0, 1]. */
  double progress() {
    return rows.progress();
  }

  private static Map<String, Action> items(Path file) throws IOException {
    Map<String, Action> items = new LinkedHashMap<>();
    try (CsvFile csv = CsvFile.open(file)) {
      List<String> features =
          csv.names().stream().filter(name -> name.startsWith("item_feature_")).toList();
      for (CsvFile.Row row = csv.next(); row != null; row = csv.next()) {
        Namespace.Builder item = Namespace.newBuilder().setName("item");
        for (String feature : features) {
          item.addFeatures(numberOrText(feature, row.text(feature)));
        }
        String id = row.text("item_id");
        items.put(id, Action.newBuilder().setId(id).addNamespaces(item).build());
      }
    } catch (BadRowException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
    if (items.isEmpty()) {
      throw new IllegalArgumentException(file + ": no rows (expected: one for each item)");
    }
    return items;
  }

  /**
   * The next row; null at the end.
   *
   * @throws BadRowException when the row cannot be used; the next call goes on after it
   */
  @Nullable LoggedRow next() throws IOException {
    CsvFile.Row row = rows.next();
    return row == null ? null : logged(row);
  }

  private LoggedRow logged(CsvFile.Row row) {
    Integer chosen = itemIndex.get(row.text("item_id"));
    if (chosen == null) {
      throw new BadRowException("item_id: not in the item file");
    }
    double click = row.number("click");
    if (click != 0 && click != 1) {
      throw new BadRowException("click: out of range (expected: 0 or 1)");
    }
    double propensity = row.number("propensity_score");
    if (!(propensity > 0 && propensity <= 1)) {
      throw new BadRowException("propensity_score: out of range (expected: above 0, at most 1)");
    }
    // Logs are in time order; a row that goes back would be too late for its own reward.
    newestMillis = Math.max(newestMillis, millis(row.text("timestamp")));
    String id = log + "-" + row.number();
    Decision.Builder decision =
        Decision.newBuilder()
            .setDecisionId(id)
            .setSurface(surface)
            .setEventTimeMillis(newestMillis)
            .addContext(user(row))
            .addOrder(chosen)
            .setPropensity(propensity)
            .setPolicy(log);
    items.forEach((item, action) -> decision.addActions(withHistory(row, item, action)));
    Reward reward =
        Reward.newBuilder()
            .setRewardId(id)
            .setDecisionId(id)
            .setSurface(surface)
            .setEventTimeMillis(newestMillis)
            .setValue(click)
            .build();
    return new LoggedRow(decision.build(), reward);
  }

  private Namespace user(CsvFile.Row row) {
    Namespace.Builder user = Namespace.newBuilder().setName("user");
    userColumns.forEach(column -> user.addFeatures(text(column, row.text(column))));
    return user.addFeatures(text("position", row.text("position"))).build();
  }

  private Action withHistory(CsvFile.Row row, String item, Action action) {
    if (!rows.names().contains(AFFINITY + item)) {
      return action;
    }
    double clicks = row.number(AFFINITY + item);
    if (clicks == 0) {
      return action;
    }
    return action.toBuilder()
        .addNamespaces(
            Namespace.newBuilder()
                .setName("history")
                .addFeatures(
                    Feature.newBuilder()
                        .setName("clicks")
                        .setValue(FeatureValue.newBuilder().setNumber(clicks))))
        .build();
  }

  private static long millis(String timestamp) {
    try {
      return OffsetDateTime.parse(timestamp.replace('T', ' '), TIME).toInstant().toEpochMilli();
    } catch (DateTimeException e) {
      throw new BadRowException("timestamp: not a time like 2019-11-24 00:03:13.4+00:00", e);
    }
  }

  private static Feature numberOrText(String name, String value) {
    try {
      double number = Double.parseDouble(value);
      return Feature.newBuilder()
          .setName(name)
          .setValue(FeatureValue.newBuilder().setNumber(number))
          .build();
    } catch (NumberFormatException e) {
      return text(name, value);
    }
  }

  private static Feature text(String name, String value) {
    return Feature.newBuilder()
        .setName(name)
        .setValue(FeatureValue.newBuilder().setText(value))
        .build();
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
