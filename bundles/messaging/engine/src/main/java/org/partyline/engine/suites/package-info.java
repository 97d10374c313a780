/** The AEAD suites and key derivations that bundles provide, and who has which code and name. */
package org.partyline.engine.suites;
