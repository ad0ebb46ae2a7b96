package io.waggle.app.admin;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Names a policy on the command line: {@code surface/policy}. */
record PolicyName(String surface, String policy) {
  static final class Reader implements ITypeConverter<PolicyName> {
    @Override
    public PolicyName convert(String text) {
      String[] parts = text.split("/", -1);
      if (parts.length != 2 || parts[0].isEmpty() || parts[1].isEmpty()) {
        throw new TypeConversionException(text + " (expected: SURFACE/POLICY)");
      }
      return new PolicyName(parts[0], parts[1]);
    }
  }

  @Override
  public String toString() {
    return surface + "/" + policy;
  }
}
