package io.waggle.core.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/**
 * Reads one YAML file into one record. A record's compact constructor fills in what is absent and
 * refuses what is out of range; an unknown key or a value of another type is refused here.
 * Durations are ISO-8601 ({@code PT1.5S}).
 */
public final class ConfigFile {
  private static final ObjectMapper YAML =
      YAMLMapper.builder()
          .addModule(new JavaTimeModule())
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .build();

  private ConfigFile() {}

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException as {@code file: name: value (expected: ...)}
   * @throws UncheckedIOException when the file cannot be read
   */
  public static <T> T read(Path file, Class<T> recordClass) {
    try {
      return parse(Files.readString(file), recordClass);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  /** The same for a text. */
  public static <T> T parse(String yaml, Class<T> recordClass) {
    try {
      return YAML.readValue(yaml.isBlank() ? "{}" : yaml, recordClass);
    } catch (UnrecognizedPropertyException e) {
      throw new IllegalArgumentException(
          "%s: unknown (expected: one of %s)"
              .formatted(
                  path(e),
                  e.getKnownPropertyIds().stream()
                      .map(Object::toString)
                      .sorted()
                      .collect(Collectors.joining(", "))),
          e);
    } catch (InvalidFormatException e) {
      throw new IllegalArgumentException(
          "%s: %s (expected: %s)"
              .formatted(path(e), e.getValue(), e.getTargetType().getSimpleName()),
          e);
    } catch (ValueInstantiationException e) {
      Throwable cause = e.getCause();
      throw new IllegalArgumentException(
          cause == null ? e.getOriginalMessage() : cause.getMessage(), e);
    } catch (JsonMappingException e) {
      throw new IllegalArgumentException(path(e) + ": " + e.getOriginalMessage(), e);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("not YAML: " + e.getOriginalMessage(), e);
    }
  }

  private static String path(JsonMappingException e) {
    return e.getPath().stream()
        .map(
            step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
        .collect(Collectors.joining("."));
  }
}
