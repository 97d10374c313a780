package org.partyline.api.panic;

import java.util.function.BooleanSupplier;
import org.osgi.annotation.versioning.ProviderType;

/** Erases everything after the store's duress passphrase was entered. A service. */
@ProviderType
public interface EraseOrder {
    /**
     * Erases the store and, before this returns, everything else that shows that it was used; the rest soon after.
     * Informs nobody and writes no log.
     *
     * @param store erases the store itself, its wrapped key first; returns whether it is gone: if not, the next start
     *     continues
     */
    void carryOut(BooleanSupplier store);
}
