package org.partyline.api.crypto;

import org.junit.jupiter.params.converter.TypedArgumentConverter;

/** A derivation of the protocol's table, by its name in a table of a test. */
final class ProtocolKdf extends TypedArgumentConverter<String, KdfId> {
    ProtocolKdf() {
        super(String.class, KdfId.class);
    }

    @Override
    protected KdfId convert(String name) {
        return KdfId.PROTOCOL.stream()
                .filter(id -> id.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
