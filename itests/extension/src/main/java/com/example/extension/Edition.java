package com.example.extension;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The edition of the bundle, which an update changes. */
public final class Edition {
    private Edition() {}

    /** 1 or more. */
    public static int number() {
        try (InputStream in = Edition.class.getResourceAsStream("edition.txt")) {
            return Integer.parseInt(new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
