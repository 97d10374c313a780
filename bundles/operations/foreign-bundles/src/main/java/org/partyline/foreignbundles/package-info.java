/** Reports third-party bundles. What keeps them out is {@code bundle-guard}, which can share no class with others. */
package org.partyline.foreignbundles;
