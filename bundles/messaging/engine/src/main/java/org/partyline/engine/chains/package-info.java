/** Chains and locators as they are stored, and the opening of single packets. */
package org.partyline.engine.chains;
