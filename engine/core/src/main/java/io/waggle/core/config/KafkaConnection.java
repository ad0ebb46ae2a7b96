package io.waggle.core.config;

import java.io.IOException;
import java.io.Reader;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How every Kafka client of a process reaches the brokers: their addresses and, where they want TLS
 * or credentials, a properties file with Kafka's own names for them ({@code kafkaClientFile}). All
 * clients are made with {@link #client} or {@link #properties}.
 *
 * <p>No value of the file is ever held here: a client gets a reference for each name ({@code
 * ${file:PATH:NAME}}) and resolves it by itself with Kafka's {@code FileConfigProvider}, where it
 * runs. So no secret is in a job's graph, its checkpoints, a log or a message; and the file has to
 * be at the same path on every machine of a job.
 *
 * @param bootstrapServers Kafka's addresses, {@code host:port,...}
 * @param references what the file adds to every client; empty: brokers without TLS and credentials
 */
public record KafkaConnection(String bootstrapServers, Map<String, String> references)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The configuration key of the file. */
  public static final String KEY = "kafkaClientFile";

  private static final String PROVIDER = "file";
  private static final String ALLOWED = "config.providers." + PROVIDER + ".param.allowed.paths";

  /** Names of Kafka that are about the way to the broker and about nothing else. */
  private static final Set<String> NAMES =
      Set.of(
          "client.dns.lookup",
          "connections.max.idle.ms",
          "sasl.client.callback.handler.class",
          "sasl.jaas.config",
          "sasl.kerberos.kinit.cmd",
          "sasl.kerberos.min.time.before.relogin",
          "sasl.kerberos.service.name",
          "sasl.kerberos.ticket.renew.jitter",
          "sasl.kerberos.ticket.renew.window.factor",
          "sasl.login.callback.handler.class",
          "sasl.login.class",
          "sasl.login.connect.timeout.ms",
          "sasl.login.read.timeout.ms",
          "sasl.login.refresh.buffer.seconds",
          "sasl.login.refresh.min.period.seconds",
          "sasl.login.refresh.window.factor",
          "sasl.login.refresh.window.jitter",
          "sasl.login.retry.backoff.max.ms",
          "sasl.login.retry.backoff.ms",
          "sasl.mechanism",
          "sasl.oauthbearer.assertion.algorithm",
          "sasl.oauthbearer.assertion.claim.aud",
          "sasl.oauthbearer.assertion.claim.exp.seconds",
          "sasl.oauthbearer.assertion.claim.iss",
          "sasl.oauthbearer.assertion.claim.jti.include",
          "sasl.oauthbearer.assertion.claim.nbf.seconds",
          "sasl.oauthbearer.assertion.claim.sub",
          "sasl.oauthbearer.assertion.file",
          "sasl.oauthbearer.assertion.private.key.file",
          "sasl.oauthbearer.assertion.private.key.passphrase",
          "sasl.oauthbearer.assertion.template.file",
          "sasl.oauthbearer.client.credentials.client.id",
          "sasl.oauthbearer.client.credentials.client.secret",
          "sasl.oauthbearer.clock.skew.seconds",
          "sasl.oauthbearer.expected.audience",
          "sasl.oauthbearer.expected.issuer",
          "sasl.oauthbearer.header.urlencode",
          "sasl.oauthbearer.jwks.endpoint.refresh.ms",
          "sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms",
          "sasl.oauthbearer.jwks.endpoint.retry.backoff.ms",
          "sasl.oauthbearer.jwks.endpoint.url",
          "sasl.oauthbearer.jwt.retriever.class",
          "sasl.oauthbearer.jwt.validator.class",
          "sasl.oauthbearer.scope",
          "sasl.oauthbearer.scope.claim.name",
          "sasl.oauthbearer.sub.claim.name",
          "sasl.oauthbearer.token.endpoint.url",
          "security.protocol",
          "security.providers",
          "socket.connection.setup.timeout.max.ms",
          "socket.connection.setup.timeout.ms",
          "ssl.cipher.suites",
          "ssl.enabled.protocols",
          "ssl.endpoint.identification.algorithm",
          "ssl.engine.factory.class",
          "ssl.key.password",
          "ssl.keymanager.algorithm",
          "ssl.keystore.certificate.chain",
          "ssl.keystore.key",
          "ssl.keystore.location",
          "ssl.keystore.password",
          "ssl.keystore.type",
          "ssl.protocol",
          "ssl.provider",
          "ssl.secure.random.implementation",
          "ssl.trustmanager.algorithm",
          "ssl.truststore.certificates",
          "ssl.truststore.location",
          "ssl.truststore.password",
          "ssl.truststore.type");

  /** Names that whoever has used Kafka may try; what they do here is Waggle's to decide. */
  private static final Set<String> OWN =
      Set.of(
          "acks",
          "auto.offset.reset",
          "bootstrap.servers",
          "client.id",
          "compression.type",
          "config.providers",
          "enable.auto.commit",
          "enable.idempotence",
          "group.id",
          "isolation.level",
          "key.deserializer",
          "key.serializer",
          "linger.ms",
          "max.request.size",
          "request.timeout.ms",
          "retries",
          "transactional.id",
          "value.deserializer",
          "value.serializer");

  public KafkaConnection {
    // A HashMap, as a job's graph holds it.
    references = new HashMap<>(references);
  }

  /** Brokers without TLS and credentials. */
  public static KafkaConnection plain(String bootstrapServers) {
    return new KafkaConnection(bootstrapServers, Map.of());
  }

  /**
   * Brokers that are reached as the file says; null: without TLS and credentials.
   *
   * @throws IllegalArgumentException as {@code kafkaClientFile: name (expected: ...)}, never with a
   *     value: the file cannot be read, or a name in it is not one of those that may be set
   */
  public static KafkaConnection of(String bootstrapServers, @Nullable Path file) {
    if (file == null) {
      return plain(bootstrapServers);
    }
    String path = file.toAbsolutePath().toString();
    if (path.indexOf(':') >= 0 || path.indexOf('}') >= 0) {
      throw new IllegalArgumentException(
          "%s: %s (expected: a path without ':' and '}')".formatted(KEY, path));
    }
    Map<String, String> references = new HashMap<>();
    for (String name : names(file)) {
      if (!NAMES.contains(name)) {
        throw new IllegalArgumentException(refusal(file, name));
      }
      references.put(name, "${" + PROVIDER + ":" + path + ":" + name + "}");
    }
    if (references.isEmpty()) {
      throw new IllegalArgumentException(
          "%s: %s (expected: at least one setting, as security.protocol)".formatted(KEY, file));
    }
    references.put("config.providers", PROVIDER);
    references.put(
        "config.providers." + PROVIDER + ".class",
        "org.apache.kafka.common.config.provider.FileConfigProvider");
    references.put(ALLOWED, path);
    return new KafkaConnection(bootstrapServers, references);
  }

  private static Set<String> names(Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "%s: %s (expected: a file that can be read)".formatted(KEY, file), e);
    } catch (IllegalArgumentException e) {
      // Its message may hold a piece of a value.
      throw new IllegalArgumentException(
          "%s: %s (expected: a properties file; an escape in it is none)".formatted(KEY, file));
    }
    return new TreeSet<>(properties.stringPropertyNames());
  }

  private static String refusal(Path file, String name) {
    return OWN.contains(name)
        ? "%s: %s in %s (expected: absent, Waggle sets it itself)".formatted(KEY, name, file)
        : "%s: %s in %s (expected: a setting of Kafka's clients about TLS, SASL or the connection)"
            .formatted(KEY, name, file);
  }

  /**
   * What to say when the brokers refuse the credentials.
   *
   * @param said by the brokers; it holds none of them
   */
  public String refused(String said) {
    return "%s: %s (expected: what the brokers at %s take, who say: %s)"
        .formatted(KEY, file(), bootstrapServers, said);
  }

  /**
   * What to say when a client cannot be made. Causes may quote what they could not read, so of them
   * only the kind is told.
   */
  public IllegalArgumentException unusable(RuntimeException failure) {
    if (references.isEmpty()) {
      return new IllegalArgumentException(
          "bootstrapServers: %s (expected: host:port,... of brokers)".formatted(bootstrapServers),
          failure);
    }
    StringBuilder kinds = new StringBuilder(failure.getClass().getSimpleName());
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      kinds.append(", ").append(cause.getClass().getSimpleName());
    }
    return new IllegalArgumentException(
        "%s: %s (expected: settings that Kafka's clients take, and brokers %s that have a name: %s)"
            .formatted(KEY, file(), bootstrapServers, kinds));
  }

  private String file() {
    return references.getOrDefault(ALLOWED, "absent");
  }

  /** The settings of a client: its own and, where they say nothing, the file's. */
  public Map<String, Object> client(Map<String, ?> own) {
    Map<String, Object> all = new TreeMap<>(references);
    all.putAll(own);
    all.put("bootstrap.servers", bootstrapServers);
    return all;
  }

  /** What every client of a connector that takes properties gets beside its own. */
  public Properties properties() {
    Properties properties = new Properties();
    properties.putAll(client(Map.of()));
    return properties;
  }
}
