package io.waggle.app.configuration;

import io.waggle.core.config.ConfigFile;
import io.waggle.jobs.job.JobConfig;
import io.waggle.server.ServiceConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files of one installation: each is read with the parser of its process, then what they have
 * to agree on is compared. Problems are gathered, not thrown, so that one look shows all of them.
 */
public final class Installation {
  public static final String SESSION_JOB = "session-job.yaml";
  public static final String LEARNING_JOB = "learning-job.yaml";
  public static final String RANKING_SERVICE = "ranking-service.yaml";

  /** While one learning job takes over from another each has a file. */
  private static final Pattern LEARNING_JOBS = Pattern.compile("learning(-[a-z0-9-]+)?-job\\.yaml");

  private final Path directory;
  private final List<String> problems = new ArrayList<>();

  private Installation(Path directory) {
    this.directory = directory;
  }

  /** True: the directory holds the file of a process, so it is not one of surfaces. */
  public static boolean isIn(Path directory) {
    return Files.exists(directory.resolve(SESSION_JOB))
        || Files.exists(directory.resolve(RANKING_SERVICE))
        || !learningJobs(directory).isEmpty();
  }

  private static List<String> learningJobs(Path directory) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(LEARNING_JOBS.asMatchPredicate())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What was found.
   *
   * @param surfaces the file or directory of surfaces that the processes name; null: none names one
   * @param problems {@code file: key: value (expected: ...)} each; empty: the files are good
   */
  public record Findings(@Nullable Path surfaces, List<String> problems) {
    public Findings {
      problems = List.copyOf(problems);
    }
  }

  /** Reads and compares the files of a directory. */
  public static Findings check(Path directory) {
    return new Installation(directory).findings();
  }

  private Findings findings() {
    JobConfig session = read(SESSION_JOB, JobConfig.class);
    Map<String, JobConfig> learning = readLearningJobs();
    ServiceConfig service = read(RANKING_SERVICE, ServiceConfig.class);
    if (session != null) {
      tryOut(SESSION_JOB, session::settings);
    }
    learning.forEach((file, job) -> tryOut(file, job::settings));
    if (service != null) {
      tryOut(RANKING_SERVICE, service::settings);
    }
    if (session == null || learning.isEmpty() || service == null) {
      return new Findings(null, problems);
    }
    learning.forEach((file, job) -> agree(file, session, Shared.of(job)));
    agree(RANKING_SERVICE, session, Shared.of(service));
    onlyTheLearningJob(session);
    apart(session, learning);
    sideBySide(learning);
    registry(learning, service);
    return new Findings(service.surfaces(), problems);
  }

  /** By file; empty: there is none, or one of them cannot be read. */
  private Map<String, JobConfig> readLearningJobs() {
    List<String> files = learningJobs(directory);
    Map<String, JobConfig> learning = new LinkedHashMap<>();
    for (String file : files.isEmpty() ? List.of(LEARNING_JOB) : files) {
      JobConfig job = read(file, JobConfig.class);
      if (job != null) {
        learning.put(file, job);
      }
    }
    return learning.size() < files.size() ? Map.of() : learning;
  }

  private <T> @Nullable T read(String file, Class<T> recordClass) {
    Path path = directory.resolve(file);
    if (!Files.exists(path)) {
      problems.add(file + ": absent (expected: there, beside the others)");
      return null;
    }
    try {
      return ConfigFile.read(path, recordClass);
    } catch (IllegalArgumentException | UncheckedIOException e) {
      problems.add(String.valueOf(e.getMessage()).replace(path.toString(), file));
      return null;
    }
  }

  private void tryOut(String file, Runnable settings) {
    try {
      settings.run();
    } catch (IllegalArgumentException e) {
      problems.add(file + ": " + e.getMessage());
    }
  }

  /** What all processes have in common. */
  private record Shared(Set<String> addresses, @Nullable Path clientFile, @Nullable Path surfaces) {
    static Shared of(JobConfig job) {
      return new Shared(addresses(job.bootstrapServers()), job.kafkaClientFile(), job.surfaces());
    }

    static Shared of(ServiceConfig service) {
      return new Shared(
          addresses(service.bootstrapServers()), service.kafkaClientFile(), service.surfaces());
    }

    private static Set<String> addresses(@Nullable String servers) {
      return servers == null ? Set.of() : new TreeSet<>(Arrays.asList(servers.split(",")));
    }
  }

  private void agree(String file, JobConfig session, Shared other) {
    Shared expected = Shared.of(session);
    agree(file, "bootstrapServers", expected.addresses(), other.addresses());
    agree(file, "kafkaClientFile", expected.clientFile(), other.clientFile());
    agree(file, "surfaces", expected.surfaces(), other.surfaces());
  }

  private void agree(String file, String key, @Nullable Object expected, @Nullable Object value) {
    if (!Objects.equals(expected, value)) {
      problems.add(
          "%s: %s: %s (expected: %s, as in %s)".formatted(file, key, value, expected, SESSION_JOB));
    }
  }

  private void onlyTheLearningJob(JobConfig session) {
    if (session.registry() != null) {
      problems.add(
          SESSION_JOB + ": registry: set (expected: absent, only the learning job keeps versions)");
    }
    if (session.decisionLog() != null) {
      problems.add(
          SESSION_JOB
              + ": decisionLog: set (expected: absent, only the learning job has joined decisions)");
    }
  }

  /** No two of the directories that jobs write are one, or one in the other. */
  private void apart(JobConfig session, Map<String, JobConfig> learning) {
    Map<String, URI> written = new LinkedHashMap<>();
    put(written, SESSION_JOB + ": checkpointDirectory", session.checkpointDirectory());
    boolean first = true;
    for (Map.Entry<String, JobConfig> job : learning.entrySet()) {
      put(written, job.getKey() + ": checkpointDirectory", job.getValue().checkpointDirectory());
      if (first) {
        // Learning jobs side by side share it: the one in charge alone keeps versions.
        put(written, job.getKey() + ": registry.directory", registryOf(job.getValue()));
        first = false;
      }
      JobConfig.DecisionLogConfig log = job.getValue().decisionLog();
      if (log != null) {
        put(written, job.getKey() + ": decisionLog.directory", log.directory());
      }
    }
    List<Map.Entry<String, URI>> all = List.copyOf(written.entrySet());
    for (int i = 0; i < all.size(); i++) {
      for (int earlier = 0; earlier < i; earlier++) {
        if (overlap(all.get(i).getValue(), all.get(earlier).getValue())) {
          problems.add(
              "%s: %s (expected: apart from %s)"
                  .formatted(
                      all.get(i).getKey(), all.get(i).getValue(), all.get(earlier).getKey()));
        }
      }
    }
  }

  private static void put(Map<String, URI> written, String key, @Nullable URI directory) {
    if (directory != null) {
      written.put(key, directory);
    }
  }

  private static boolean overlap(URI one, URI other) {
    String first = folder(one);
    String second = folder(other);
    return first.startsWith(second) || second.startsWith(first);
  }

  private static String folder(URI directory) {
    String text = directory.normalize().toString().replaceFirst("^file:/+", "file:/");
    return text.endsWith("/") ? text : text + "/";
  }

  /** Learning jobs that run at the same time: an epoch each, and one registry. */
  private void sideBySide(Map<String, JobConfig> learning) {
    Map<Long, String> epochs = new HashMap<>();
    String first = learning.keySet().iterator().next();
    URI registry = registryOf(learning.values().iterator().next());
    learning.forEach(
        (file, job) -> {
          long epoch = Objects.requireNonNullElse(job.epoch(), 0L);
          String other = epochs.putIfAbsent(epoch, file);
          if (other != null) {
            problems.add(
                "%s: epoch: %d (expected: another than in %s, an epoch is for one job)"
                    .formatted(file, epoch, other));
          }
          if (!Objects.equals(registry, registryOf(job))) {
            problems.add(
                "%s: registry.directory: %s (expected: %s, as in %s)"
                    .formatted(file, registryOf(job), registry, first));
          }
        });
  }

  private static @Nullable URI registryOf(JobConfig learning) {
    JobConfig.RegistryConfig registry = learning.registry();
    return registry == null ? null : registry.directory();
  }

  private void registry(Map<String, JobConfig> learning, ServiceConfig service) {
    Path read = service.registry();
    if (read == null) {
      return;
    }
    String file = learning.keySet().iterator().next();
    URI written = registryOf(learning.values().iterator().next());
    if (written == null) {
      problems.add(
          "%s: registry: %s (expected: absent, %s keeps no versions)"
              .formatted(RANKING_SERVICE, read, file));
    } else if ("file".equals(written.getScheme()) && !Path.of(written.getPath()).equals(read)) {
      problems.add(
          "%s: registry: %s (expected: %s, where %s keeps versions)"
              .formatted(RANKING_SERVICE, read, written.getPath(), file));
    }
  }
}
