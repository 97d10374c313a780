package org.partyline.api.bundles;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Lists installed bundles that are not part of the distribution. The service exists only while such bundles are refused
 * unless the operator allows them.
 */
@ProviderType
public interface ForeignBundles {
    /** The installed ones, ordered by id. */
    List<ForeignBundle> list();

    /** The path of the file that lists the allowed bundles. */
    String allowList();

    /** The entries of that file that have no effect, and why, one line each. */
    List<String> problems();

    /**
     * A bundle that is not part of the distribution.
     *
     * @param id its number in the framework
     * @param name its symbolic name, without control characters
     * @param version its version
     * @param sum the SHA-256 sum of its jar, 64 hexadecimal digits; empty if it is not a single readable file
     * @param allowed whether the operator's list contains that sum now
     * @param running whether its code is in use; a bundle that is no longer allowed runs until the next refresh or
     *     restart
     * @param reason why it is refused, and what to do, in one line; empty if it is allowed
     */
    record ForeignBundle(
            long id, String name, String version, String sum, boolean allowed, boolean running, String reason) {}
}
