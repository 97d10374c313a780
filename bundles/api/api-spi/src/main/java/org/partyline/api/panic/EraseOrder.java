package org.partyline.api.panic;

import java.util.function.BooleanSupplier;
import org.osgi.annotation.versioning.ProviderType;

/** Erases everything after the store was given its duress passphrase. A service. */
@ProviderType
public interface EraseOrder {
    /**
     * Erases the store and, before this returns, what else shows that it was used; the rest soon after. Tells nobody and writes no log.
     *
     * @param store erases the store itself, its wrapped key first; says whether it is gone: if not, the next start goes on with it
     */
    void carryOut(BooleanSupplier store);
}
