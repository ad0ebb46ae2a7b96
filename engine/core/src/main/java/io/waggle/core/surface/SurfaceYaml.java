package io.waggle.core.surface;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.waggle.v1.SurfaceConfig;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.representer.Representer;

/** Writes a surface as the YAML that {@link SurfaceFiles} reads. Any thread. */
public final class SurfaceYaml {
  private static final int WIDTH = 160;

  private SurfaceYaml() {}

  /** The surface as one document; {@link SurfaceFiles#parse} gives it back. */
  public static String of(SurfaceConfig surface) {
    String json;
    try {
      json = JsonFormat.printer().print(surface);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a surface has no fields of unknown types", e);
    }
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    options.setWidth(WIDTH);
    options.setIndent(2);
    // JSON is YAML; read so, the keys keep their order.
    Yaml yaml =
        new Yaml(new SafeConstructor(new LoaderOptions()), new Representer(options), options);
    return yaml.dump(yaml.<Object>load(json));
  }
}
