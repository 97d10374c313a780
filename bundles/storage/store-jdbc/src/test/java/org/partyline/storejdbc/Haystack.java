package org.partyline.storejdbc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Every byte of every file under a directory, as a thief has them. */
final class Haystack {
    private static final int PART = 16;

    private final List<String> files = new ArrayList<>();

    private Haystack() {}

    static Haystack of(Path directory) throws IOException {
        Haystack haystack = new Haystack();
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                haystack.files.add(latin1(Files.readAllBytes(path)));
                haystack.files.add(path.toString());
            }
        }
        return haystack;
    }

    boolean holds(byte[] needle) {
        String wanted = latin1(needle);
        return files.stream().anyMatch(file -> file.contains(wanted));
    }

    /** Whether the files hold a part of it, as they do where it was packed: packing leaves runs of up to 32 bytes as they are. */
    boolean holdsPartOf(byte[] needle) {
        String wanted = latin1(needle);
        for (int i = 0; i + PART <= wanted.length(); i++) {
            String part = wanted.substring(i, i + PART);
            if (files.stream().anyMatch(file -> file.contains(part))) {
                return true;
            }
        }
        return false;
    }

    /** The names of the writings in which the files hold the secret. */
    List<String> writingsOf(byte[] secret) {
        byte[] reversed = new byte[secret.length];
        for (int i = 0; i < secret.length; i++) {
            reversed[i] = secret[secret.length - 1 - i];
        }
        String text = new String(secret, StandardCharsets.UTF_8);
        String hex = HexFormat.of().formatHex(secret);
        Map<String, byte[]> writings = new LinkedHashMap<>();
        writings.put("raw", secret);
        writings.put("reversed", reversed);
        writings.put("UTF-16BE", text.getBytes(StandardCharsets.UTF_16BE));
        writings.put("UTF-16LE", text.getBytes(StandardCharsets.UTF_16LE));
        writings.put("hex", hex.getBytes(StandardCharsets.US_ASCII));
        writings.put("HEX", hex.toUpperCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII));
        writings.put("hex of reversed", HexFormat.of().formatHex(reversed).getBytes(StandardCharsets.US_ASCII));
        writings.put("hex as UTF-16", hex.getBytes(StandardCharsets.UTF_16LE));
        writings.put("base64", Base64.getEncoder().withoutPadding().encode(secret));
        return writings.entrySet().stream()
                .filter(writing -> holds(writing.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static String latin1(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
