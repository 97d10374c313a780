/** Tells of bundles that are none of ours. What keeps them out is {@code bundle-guard}, which can share no class with others. */
package org.partyline.foreignbundles;
