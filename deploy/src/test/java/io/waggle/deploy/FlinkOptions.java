package io.waggle.deploy;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.FallbackKey;
import org.apache.flink.kubernetes.configuration.KubernetesConfigOptions;
import org.apache.flink.runtime.shuffle.ShuffleServiceOptions;
import org.apache.flink.state.rocksdb.RocksDBOptions;

/** Every option that Flink's own classes declare, found by reflection over their jars. */
final class FlinkOptions {
  private static final FlinkOptions ALL = load();

  private final Map<String, ConfigOption<?>> options = new HashMap<>();

  private FlinkOptions() {}

  static FlinkOptions all() {
    return ALL;
  }

  /** How many there are. */
  int size() {
    return options.size();
  }

  /** The option of a key, today's or an earlier name of it. */
  Optional<ConfigOption<?>> find(String key) {
    return Optional.ofNullable(options.get(key));
  }

  private static FlinkOptions load() {
    FlinkOptions all = new FlinkOptions();
    for (Class<?> one :
        new Class<?>[] {
          CoreOptions.class,
          ShuffleServiceOptions.class,
          RocksDBOptions.class,
          KubernetesConfigOptions.class
        }) {
      all.addJar(one);
    }
    return all;
  }

  private void addJar(Class<?> member) {
    URI location =
        URI.create(member.getProtectionDomain().getCodeSource().getLocation().toString());
    try (JarFile jar = new JarFile(Path.of(location).toFile())) {
      Enumeration<JarEntry> entries = jar.entries();
      while (entries.hasMoreElements()) {
        String name = entries.nextElement().getName();
        if (name.startsWith("org/apache/flink/") && name.endsWith("Options.class")) {
          addClass(name.substring(0, name.length() - 6).replace('/', '.'));
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + location, e);
    }
  }

  private void addClass(String name) {
    try {
      Class<?> options = Class.forName(name);
      for (Field field : options.getDeclaredFields()) {
        if (Modifier.isStatic(field.getModifiers()) && field.getType() == ConfigOption.class) {
          field.setAccessible(true);
          add((ConfigOption<?>) field.get(null));
        }
      }
    } catch (ReflectiveOperationException | LinkageError e) {
      throw new IllegalStateException("cannot read the options of " + name, e);
    }
  }

  private void add(ConfigOption<?> option) {
    options.put(option.key(), option);
    for (FallbackKey earlier : option.fallbackKeys()) {
      options.putIfAbsent(earlier.getKey(), option);
    }
  }
}
