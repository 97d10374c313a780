package org.partyline.kernel.vault;

import java.util.List;
import java.util.function.Consumer;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.kernel.Parts;
import org.partyline.messaging.receive.Reception;

/** Who reads, as far as its bundle is here: one that comes later takes up by itself what is to be read. */
public final class PresentReception {
    private final Parts parts;
    private final Reception reception;

    public PresentReception(Parts parts, Reception reception) {
        this.parts = parts;
        this.reception = reception;
    }

    /** Tells whoever reads now, if anyone does. */
    public void tell(Consumer<Reception> task) {
        parts.enter();
        try {
            if (isHere()) {
                task.accept(reception);
            }
        } finally {
            parts.leave();
        }
    }

    boolean isHere() {
        return parts.has(List.of(Reception.class));
    }

    /** What is stored of what it knew before. Part of the caller's transaction. */
    void exchange(StoreTransaction tx) throws StoreException {
        if (isHere()) {
            reception.exchange(tx);
        }
    }
}
