package io.waggle.benchmarks.users;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waggle.benchmarks.loop.BarChart;
import io.waggle.benchmarks.loop.LocalFlink;
import io.waggle.benchmarks.loop.Progress;
import io.waggle.benchmarks.loop.Shop;
import io.waggle.benchmarks.loop.TemporaryDirectory;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The session job with very many users: memory, state, checkpoints by how much changed, restore.
 * Exits with 1 when a session is not what was sent. {@code waggle bench users --users 10000000}.
 */
@Command(
    name = "users",
    mixinStandardHelpOptions = true,
    description = "Memory, state, checkpoints and restore of the session job with very many users.")
public final class UsersCommand implements Callable<Integer> {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final double MEGABYTE = 1 << 20;

  @Option(names = "--users", description = "default: ${DEFAULT-VALUE}")
  private int users = 1_000_000;

  @Option(names = "--interactions", description = "of each user; default: ${DEFAULT-VALUE}")
  private int interactions = 2;

  @Option(names = "--parallelism", description = "subtasks per operator; default: ${DEFAULT-VALUE}")
  private int parallelism = 2;

  @Option(
      names = "--managed-megabytes",
      description = "of RocksDB, all subtasks together; default: ${DEFAULT-VALUE}")
  private int managedMegabytes = 512;

  @Option(
      names = "--changes",
      split = ",",
      description =
          "shares of the users that change before a checkpoint; default: ${DEFAULT-VALUE}")
  private List<Double> changes = List.of(0.0, 0.001, 0.01, 0.1);

  @Option(names = "--repeats", description = "checkpoints a share; default: ${DEFAULT-VALUE}")
  private int repeats = 3;

  @Option(
      names = "--surfaces",
      description = "surface file, whose first surface is used; default: one that pushes nothing")
  private @Nullable Path surfaces;

  @Option(names = "--out", description = "result file; default: ${DEFAULT-VALUE}")
  private Path out = Path.of("benchmarks/target/users.json");

  @Override
  public Integer call() throws Exception {
    UsersRun.Plan plan =
        new UsersRun.Plan(users, interactions, parallelism, managedMegabytes, changes, repeats);
    Surface surface =
        surfaces == null ? Shop.surface() : Surface.of(SurfaceFiles.read(surfaces).get(0));
    UsersRun.Result result;
    try (TemporaryDirectory directory = TemporaryDirectory.create("waggle-users");
        UsersRun run = new UsersRun(plan, surface, directory.path(), new Progress())) {
      result = run.run();
    }
    print(result);
    Files.writeString(out, json(result));
    Path chart = Path.of(out.toString().replaceFirst("\\.json$", "") + ".svg");
    Files.writeString(chart, chart(result));
    System.out.printf("%nWritten to %s and %s.%n", out, chart);
    return result.wrong() == 0 ? 0 : 1;
  }

  private void print(UsersRun.Result result) {
    System.out.printf(
        Locale.ROOT,
        "%n%,d users, %d interactions each, through Kafka in %.0f s: %,.0f interactions/s%n",
        users,
        interactions,
        result.fillSeconds(),
        (double) users * interactions / result.fillSeconds());
    print("filled", result.filled());
    print("at the end", result.end());
    System.out.printf(
        Locale.ROOT,
        "%n%12s %12s %10s %12s %12s%n",
        "changed",
        "users",
        "seconds",
        "MB written",
        "MB in all");
    line("all", users, result.first());
    for (UsersRun.Change change : result.changes()) {
      line(
          String.format(Locale.ROOT, "%.4g %%", 100 * change.share()),
          change.users(),
          change.checkpoint());
    }
    System.out.printf(
        Locale.ROOT,
        "%nrestored in %.1f s, first interaction folded after %.1f s; %d of %d users as sent%n",
        result.restoreMillis() / 1e3,
        result.answeredMillis() / 1e3,
        result.asked() - result.wrong(),
        result.asked());
  }

  private static void print(String when, Memory memory) {
    System.out.printf(
        Locale.ROOT,
        "%-10s: process %.0f MB, heap in use %.0f MB, RocksDB's cache %.0f of %.0f MB (memtables"
            + " %.0f MB), files %.0f MB, about %,d keys%n",
        when,
        memory.residentBytes() / MEGABYTE,
        memory.heapBytes() / MEGABYTE,
        memory.cacheBytes() / MEGABYTE,
        memory.cacheCapacity() / MEGABYTE,
        memory.memtableBytes() / MEGABYTE,
        memory.liveFileBytes() / MEGABYTE,
        memory.keys());
  }

  private static void line(String changed, long count, LocalFlink.Checkpoint checkpoint) {
    System.out.printf(
        Locale.ROOT,
        "%12s %,12d %10.2f %12.1f %12.0f%n",
        changed,
        count,
        checkpoint.millis() / 1e3,
        checkpoint.newBytes() / MEGABYTE,
        checkpoint.bytes() / MEGABYTE);
  }

  private String json(UsersRun.Result result) throws Exception {
    ObjectNode root =
        JSON.createObjectNode()
            .put("jdk", Runtime.version().toString())
            .put("processors", Runtime.getRuntime().availableProcessors())
            .put("users", users)
            .put("interactions_each", interactions)
            .put("parallelism", parallelism)
            .put("managed_megabytes", managedMegabytes)
            .put("fill_seconds", result.fillSeconds())
            .put("state_bytes_per_user", (double) result.first().bytes() / users);
    put(root.putObject("memory_filled"), result.filled());
    put(root.putObject("memory_at_the_end"), result.end());
    put(root.putObject("first_checkpoint"), result.first());
    ArrayNode array = root.putArray("checkpoints");
    for (UsersRun.Change change : result.changes()) {
      ObjectNode node =
          array
              .addObject()
              .put("changed_share", change.share())
              .put("changed_users", change.users());
      put(node, change.checkpoint());
    }
    root.put("restore_millis", result.restoreMillis())
        .put("first_fold_millis", result.answeredMillis())
        .put("sessions_compared", result.asked())
        .put("sessions_wrong", result.wrong());
    return JSON.writeValueAsString(root) + "\n";
  }

  private static void put(ObjectNode node, LocalFlink.Checkpoint checkpoint) {
    node.put("millis", checkpoint.millis())
        .put("bytes", checkpoint.bytes())
        .put("new_bytes", checkpoint.newBytes());
  }

  private static void put(ObjectNode node, Memory memory) {
    node.put("resident_bytes", memory.residentBytes())
        .put("heap_bytes", memory.heapBytes())
        .put("rocksdb_cache_bytes", memory.cacheBytes())
        .put("rocksdb_cache_capacity", memory.cacheCapacity())
        .put("rocksdb_memtable_bytes", memory.memtableBytes())
        .put("rocksdb_live_file_bytes", memory.liveFileBytes())
        .put("rocksdb_keys_estimated", memory.keys());
  }

  private static String chart(UsersRun.Result result) {
    BarChart chart =
        new BarChart("A checkpoint by how many users changed", "MB", List.of("written"));
    chart.row(label("all", result.first()), result.first().newBytes() / MEGABYTE);
    for (UsersRun.Change change : result.changes()) {
      chart.row(
          label(String.format(Locale.ROOT, "%.4g %%", 100 * change.share()), change.checkpoint()),
          change.checkpoint().newBytes() / MEGABYTE);
    }
    return chart.svg();
  }

  private static String label(String changed, LocalFlink.Checkpoint checkpoint) {
    return String.format(Locale.ROOT, "%s, in %.2f s", changed, checkpoint.millis() / 1e3);
  }
}
