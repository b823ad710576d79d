"""The register of Le Bihan, *Around the quantum Lenard–Balescu equation*, arXiv:2501.06544v1.

Every misprint is derived again in ``tests/kinetics/lenard_balescu/test_misprints.py``, or is one of powers,
bars and letters that its row makes plain.  M₁ is M(v₁) and M₁′ is M(v₁ + ħk); w = v·k/|k| and a = ħ|k|.
"""

from __future__ import annotations

from wellposed.kinetics.statement import (
    Statement,
    claim,
    definition,
    follows,
    misprint,
    pending,
    unmeasurable,
    used,
)

_FEW = "the exact evolution of 2 to 8 particles on a torus with few waves"


def _by(*modules: str) -> str:
    """Returns where something is used, by the names of modules in this family."""
    return "in " + ", ".join(f"`wellposed.kinetics.lenard_balescu.{module}`" for module in modules)


INTRODUCTION: tuple[Statement, ...] = (
    misprint(
        "(1.1)",
        "iħ∂_tψ = −½ħ²ΣΔ_jψ + (1/N)Σ_{j<k}V_jk ψ with N = L^d",
        "(L^d/N)V_jk, and rates by the time (L^d/N)t",
        "with V/N the potential in ε is V̂/L^d, and nothing is screened as L → ∞",
    ),
    definition("(1.2)", "F_N(x, y) = ∫ψ(x)ψ̄(y)π(dψ), the density matrix"),
    definition("(1.3)", "F_N(x_σ, y_σ) = F_N(x, y): particles are exchangeable"),
    definition("Remark 1.1", "Fermions and Bosons: F_N(x, y_σ) = ±F_N(x, y)"),
    misprint(
        "(1.4)",
        "iħ∂_tF = ½ħ²Σ[−Δ_j, F·F(t)] + (1/N)Σ[V_jk, F]",
        "F once in the first commutator",
        "nothing: (2.7) and what follows have it right",
    ),
    definition("(1.5)", "F_{N,0} = F₀⊗…⊗F₀: particles begin independent"),
    misprint(
        "Remark 1.2",
        "Bosons that are independent and invariant by translation are L^(−d)exp(ik·Σ(x_j − y_j))",
        "L^(−Nd)",
        "the trace, which is one; that Theorem 1 is not about Bosons follows from (1.5) all the same",
    ),
    definition("(1.6)", "F^(n), the density matrix of n particles"),
    definition(
        "(1.7)",
        "iħ∂_tF = ½ħ²[−Δ, F] + [V∗ρ, F], Hartree",
        "stationary for data invariant by translation, which is why the next order is asked for",
    ),
    pending("(1.8)", "‖F^(j) − F⊗…⊗F‖ ≤ Ce^(Ct/ħ)j²/N, quoted from [PPS19]", _FEW),
    misprint(
        "(1.9)",
        "Φ(t,v) = (L/2πħ)^d∫F^(1)(Nt, y/2, −y/2)e^(iv·y/ħ)dy",
        "e^(−iv·y/ħ)",
        "the sign of all velocities, as in (1.20): nothing for even Φ",
    ),
    misprint(
        "(1.10)",
        "∂_tΦ = Q_ħ(Φ) with c_d = 2/(2π)^d",
        "c_d = 2π/(2π)^d",
        "the unit of time, by π: a factor 2 too many in (2.16), and 1/2π twice in (2.22); "
        "`wellposed.kinetics.lenard_balescu.collision` has either",
        "Theorem 1",
        "Theorem 1, corrected",
    ),
    used(
        "(1.11)",
        "Q_ħ(Φ) = (c_d/ħ²)∫V̂²δ(k·(v₂−v₁−ħk))|ε_ħ|⁻²(Φ₁′Φ₂′ − Φ₁Φ₂)dk dv₂",
        _by("collision_operator.strong_form", "collision_operator.weak_form"),
    ),
    misprint(
        "(1.12)",
        "ε_ħ = 1 + V̂∫(Φ(v∗) − Φ(v∗−ħk))/(ħk·(v∗−v−ħk) − i0)dv∗",
        "ħk·(v+ħk−v∗) − i0",
        "the sign of ε_ħ − 1: as published it tends to 2 − ε̄₀, enhances the interaction instead of screening "
        "it, and vanishes at the Maxwellian for V̂(0) = 1",
    ),
    used("(1.13)", "V̂(k) = ∫V(x)e^(−ik·x)dx", _by("interaction.potential")),
    definition(
        "(1.14)",
        "iħ∂_tF = −ħ²Σ[Δ_i, F] + √ħΣ[V((x_i−x_j)/ħ), F], weak coupling",
        "another scaling, named for comparison",
    ),
    definition("(1.15)", "H_N = ½Σ|v_i|² + (1/N)ΣV(x_i−x_j), classical particles"),
    definition("(1.16)", "∂_tF = −v·∇_xF + ∇_x(V∗ρ)·∇_vF, Vlasov"),
    used("(1.17)", "∂_tΦ = Q₀(Φ)", _by("collision_operator.evolution", "experiments.semiclassical")),
    misprint(
        "(1.18)",
        "Q₀(Φ) = c_d∇·∫V̂δ(k·(v₁−v₂))|ε₀|⁻²k·(Φ₂∇Φ₁ − Φ₁∇Φ₂)dk dv₂",
        "½c_d∇·∫V̂²k δ(…)|ε₀|⁻²k·(…)",
        "with c_d for ½c_d it is twice the limit of (1.11), and Theorem 4 is false "
        "(`test_limit_of_the_quantum_operator_is_the_classical_one`)",
    ),
    used("(1.19)", "ε₀ = 1 + V̂∫k·∇Φ(v∗)/(k·(v−v∗) − i0)dv∗", _by("dielectric_function.dielectric")),
    misprint(
        "(1.20)",
        "F̃(x,v) = (2πħ)^(−d)∫F(x+½y, x−½y)e^(iv·y/ħ)dy",
        "e^(−iv·y/ħ)",
        "the sign of v: a packet of velocity p would be at −p, and (1.16) would run backwards",
    ),
    used(
        "(1.21)",
        "Q_ħ as a Boltzmann operator, σ = (2ħk + v₁ − v₂)/|v₁−v₂|",
        _by("collision_operator.sigma_form"),
    ),
    used(
        "(1.22)",
        "Q₀ = ∇·∫(Φ₂∇Φ₁ − Φ₁∇Φ₂)B₀dv₂, the Landau form",
        "in `test_grazing_limit_is_the_landau_form`, against the σ-form of (1.21)",
    ),
    definition(
        "Assumption 1",
        "V is smooth, radial and of compact support",
        "V̂ then falls faster than any power, which the lower bound of (1.31) excludes: no potential "
        "meets both, though the proof of Proposition 2.5, for Theorem 1, asks for Assumption 2",
    ),
    claim(
        "Theorem 1",
        "∂_tΦ at the time τ_N/N tends to Q_ħ(Φ₀), 1 ≪ τ_N ≪ (log N)^δ",
        "Theorem 1",
        "Theorem 1, corrected",
        "Theorem 1, beyond (1.23)",
        narrower="the limit of (2.16), L → ∞ and then t → ∞, for |v|⁴ of one datum and V̂ = κ(1+k²)^(−5/2), "
        "not of compact support; that N particles follow (2.16) is taken from the paper",
    ),
    claim(
        "(1.23)",
        "Φ₀ ≥ 0, ∫Φ₀ = 1, ‖⟨v⟩^2d⟨∇⟩²Φ₀‖_∞‖V̂‖_∞ < ½",
        "Theorem 1, beyond (1.23)",
        narrower="one datum that does not need it",
    ),
    used("(1.24)", "F_{0,L} = (2πħ)^d/(L^2d Z_L)ΣΦ₀(ħk)e^(ik·(x−y))", _by("two_body.lattice")),
    used("(1.25)", "F_{N,0} = F_{0,L}⊗…⊗F_{0,L}, so g = 0 at the start", _by("two_body.volterra")),
    claim(
        "(1.26)",
        "∫(2πħ/L)^dΣψ∂_tΦ(τ_N t/N)dt → ∫∫ψQ_ħ(Φ₀)dv dt",
        "Theorem 1",
        "Theorem 1, corrected",
        narrower="ψ = |v|⁴ and no average over t; as N → ∞ nothing is measured",
    ),
    used("(1.27)", "F = M + √M g", _by("distributions.laguerre", "experiments.existence")),
    follows("(QLB_ħ)", "∂_tg + L_ħg = Q_ħ(g,g)", "(1.10), (1.11) and (1.27)"),
    used(
        "(1.28)",
        "L_ħg = (c_d/ħ²)∫ΔΔ(g√M∗)V̂²δ|ε_ħ(M)|⁻²√M₂ dk dv₂",
        _by("linearised_operator.forms"),
    ),
    misprint(
        "(1.29)",
        "Q_ħ(g,h) = −ħ⁻²∫ΔΔ(gh∗)V̂²δ|ε_ħ(F_h)|⁻²√M₂ + …",
        "−½c_dħ⁻²",
        "the size of the quadratic term; the second term is right",
    ),
    used("(1.30)", "‖g‖²_r = Σ_{r′≤r}‖(∇−v/2)^r′g‖²", _by("linearised_operator.sobolev_norms")),
    definition("Assumption 2", "V is radial with (1.31), C > 0, s > (d+3)/2, d ≥ 2"),
    misprint(
        "(1.31)",
        "1/C ≤ |V̂|²(1+|k|)^s ≤ C, |V̂′|² + |V̂″|² ≤ C(1+|k|)^(−s)",
        "1/C ≤ V̂(1+|k|)^s ≤ C, |V̂′| + |V̂″| ≤ C(1+|k|)^(−s)",
        "V̂² then falls faster than |k|^(−d−3), which (3.30) needs for its ħ²: what is violated with (1.31) "
        "as published, (3.16), (3.21), (1.36), (4.1), (4.2) and Theorem 4, holds; and V̂ < 0 is excluded, "
        "with which ε₀(M) can vanish",
        "Theorem 4",
        "Theorem 4, (1.31)",
    ),
    claim(
        "Theorem 2",
        "d ≥ 4, r ≥ 5, ‖g₀‖_r ≤ η: there is one solution for all t, for ħ < ħ₀",
        narrower="r = 5, one radial datum that is not small, ħ = 0.02 and 0.2, five relaxation times",
    ),
    claim(
        "(1.32)",
        "sup_t‖g_ħ(t)‖_r ≤ ‖g₀‖_r",
        "(1.32)",
        "(1.32), d < 4",
        narrower="as Theorem 2",
    ),
    claim(
        "Theorem 3",
        "d ≥ 2, r ≥ 5: a solution up to c₀ħ²C^(−2r−4), C the bound of (1.33)",
        narrower="as Theorem 2, d = 2 and 3; the dependence on C is not measured",
    ),
    misprint(
        "(1.33)",
        "ε_ħ(M+√Mg₀) ≥ 1/C, ‖g₀‖_r ≤ C",
        "|ε_ħ| ≥ 1/C, as in (5.1)",
        "nothing: ε_ħ is complex; its least absolute value is an output of `lenard_balescu.dielectric`",
    ),
    follows("(CLB)", "∂_tg + L₀g = Q₀(g,g)", "(1.17), (1.18) and (1.27)"),
    misprint(
        "(1.34)",
        "L₀g = (∇−v₁/2)·∫B[√M₂(∇+v₁/2)g₁ − √M₁(∇+v₂/2)g₂]√M₂dv₂, B with c_d",
        "−(∇−v₁/2)·∫B[…], B with ½c_d",
        "the sign, without which ∫gL₀g ≤ 0 and (CLB) is ill-posed, and the ½ of (1.18)",
    ),
    misprint(
        "(1.35)",
        "Q₀(g,h) = −(∇−v₁/2)·∫B_H[h₂∇g₁ + g₂∇h₁ − h₁∇g₂ − g₁∇h₂]√M₂dv₂ + …",
        "+½(∇−v₁/2)·∫B_H[…]",
        "the sign and, for h = g, twice the size; the second term is right but for the ½c_d of B",
    ),
    claim(
        "Theorem 4",
        "d ≥ 4, r ≥ 5, s > (d+3)/2: g_ħ → g_∞ as ħ → 0",
        narrower="the s above which the order in ħ of (4.1), for √M|v|⁴, is positive, s = d + 1; weak "
        "convergence in H^r is not measured",
    ),
    claim(
        "(1.36)",
        "‖g_ħ(t) − g_∞(t)‖ ≲ ħt‖g₀‖_r",
        "(1.36)",
        "(1.36), corrected",
        "(1.36), d < 4",
        narrower="the order at one time, of one radial datum",
    ),
    pending(
        "Remark 1.3",
        "the same for ‖g_ħ(t) − g_∞(t)‖_r",
        "the norms of (1.30) for r = 1 to 5 in `lenard_balescu.semiclassical`, whose coefficients are there",
    ),
)
"""Section 1."""

TIME_ZERO: tuple[Statement, ...] = (
    misprint(
        "(2.1)",
        "G^[n] = Σ_σ(−1)^|σ|G^([n]∖σ)⊗F^σ",
        "F^([n]∖σ) for G^([n]∖σ)",
        "the definition, which is one of G by G as published; (2.4) has it right",
    ),
    follows("(2.2)", "F^[n] = Σ_σG^([n]∖σ)⊗F^σ", "(2.1) as corrected, whose inverse it is"),
    misprint(
        "Proposition 2.1",
        "‖G^[n](t)‖ ≤ (CA)^n(n^(1−β)N^(−(1−3β)/2))^n for t/ħ ≤ β/(C‖V‖_∞), β < 1/9",
        "t/ħ ≤ β log N/(C‖V‖_∞)",
        "the times of (2.8) and (2.11), without which Theorem 1 has no τ_N → ∞; the bound is not measured, "
        f"which takes {_FEW}",
    ),
    misprint(
        "(2.3)",
        "‖G^[n](0)‖ ≤ Aⁿ(n/√N)^(n/2)",
        "Aⁿ(n/√N)ⁿ",
        "as published the data may be N^(−n/4), which the bound of Proposition 2.1 excludes at t = 0",
    ),
    definition("(2.4)", "E^[n] = Σ_σ(−1)^|σ|F^([n]∖σ)⊗F̃^σ, correlations about the solution of (1.7)"),
    pending("(2.5)", "‖F^[1] − F̃‖, ‖E^{1,2}‖ ≤ (C/N)e^(Ct/ħ), quoted from [PPS19]", _FEW),
    follows(
        "(2.6)",
        "iħ∂_tG^[n] by G^[n+1], G^[n], G^[n−1] and G^[n−2], the hierarchy",
        "(1.4) and (2.1), by the algebra of [PPS19], which is not repeated here: (2.10) uses n = 2 alone",
    ),
    pending(
        "Lemma 2.2",
        "‖g_n(t)‖ ≤ (CAe^(Ct))ⁿ(n²/N)^(αn/2) for hierarchies of inequalities, quoted from [PPS19]",
        "the hierarchy with equality signs, which is N linear equations",
    ),
    definition("Definition 2.1", "F_N commutes with translations: F̂_N = 0 unless Σ(k_j − l_j) = 0"),
    follows(
        "(2.7)",
        "iħ∂_tF^(1) = ½ħ²[−Δ, F^[1]] + (1−1/N)tr[V₁₂, G^[2]]",
        "(1.4) and (2.2): the mean field of data invariant by translation vanishes",
    ),
    pending("(2.8)", "iħN∂_tF^[1] = tr[V₁₂, NG^[2]] + O(N^(β−1))", _FEW),
    misprint(
        "(2.9)",
        "iħ∂_tNG^[2] = ħ²[−Δ₁−Δ₂, NG^[2]] + … + O(N^((9β−1)/2))",
        "½ħ²",
        f"nothing: (2.10) and (2.17) have it right; the error is not measured, which takes {_FEW}",
    ),
    used(
        "(2.10)",
        "the system of F_L and G_L without errors",
        _by("two_body.volterra") + ", in the Fourier variables of (2.16)",
    ),
    pending("Proposition 2.3", "N particles follow (2.10) up to t/ħ ~ log N", _FEW),
    pending("(2.11)", "‖iħN∂_t(F_L − F^[1])‖ + ‖G_L − NG^[2]‖ ≲ N^((9β−1)/2)", _FEW),
    misprint(
        "(2.12)",
        "f(v₁) = (L/2πħ)^d F̂(v₁/ħ, −v₁/ħ)",
        "F̂(v₁/ħ, v₁/ħ)/(2πħ)^d",
        "with the transform of Definition 2.1 F̂(k, −k) is zero, and F̂(k, k) adds up to L^d",
    ),
    misprint(
        "(2.13)",
        "g(v₁,v₂,k) = (L/2πħ)^2d Ĝ(v₁/ħ, v₂/ħ, v₁/ħ+k, v₂/ħ−k)",
        "Ĝ(…)/(2πħ)^2d",
        "as in (2.12): the proof of Proposition 2.4 inverts a transform that is not divided by L^2d",
    ),
    follows(
        "(2.14)",
        "f ≥ 0, and g(v₁,v₂,k) is the conjugate of g(v₁+ħk, v₂−ħk, −k)",
        "(2.12) and (2.13): F is positive and G Hermitian",
    ),
    follows("(2.15)", "f_{0,L} = Φ₀/Z_L", "(1.24) and (2.12) as corrected"),
    claim(
        "Proposition 2.4",
        "f and g obey (2.16)",
        "(2.16)",
        "(2.16), corrected",
        narrower="by the limit of its rates and its growth; its signs by the commutators on a small torus",
    ),
    misprint(
        "(2.16)",
        "ħNi∂_tf = −2(2πħ)^dL^(−2d)ΣV̂(g − g′), ħ∂_tg + i(K₂+B)g = iA",
        "no factor 2, and K₂ − B",
        "twice the rate, and an attraction for a repulsion: ε becomes 2 − ε, and g grows exponentially where "
        "V̂(0)⟨1/T⟩ > 1",
        "(2.16)",
        "(2.16), corrected",
    ),
    used("(2.17)", "K₂ = Δ_{−k}E(v₁) + Δ_kE(v₂) = ħk·(v₂−v₁−ħk)", _by("two_body.volterra")),
    misprint(
        "(2.18)",
        "Bg = V̂(Δ_{−k}f₁(2π)^d/(ħL)^dΣg + Δ_kf₂…)",
        "(2πħ)^d/L^d",
        "nothing for ħ = 1; for other ħ the limit would not be (2.21)",
    ),
    misprint(
        "(2.19)",
        "ħN∂_tf = −4/(2π)^d ℑ∫V̂g, ħ∂_tg + i(K₂+B)g = iA on R^d",
        "−2/(2π)^d, and K₂ − B",
        "as (2.16), of which it is the limit; solved in `lenard_balescu.large_box`",
        "(2.16)",
        "(2.16), corrected",
    ),
    used("(2.20)", "A = V̂(f₁f₂ − f₁′f₂′)", _by("two_body.volterra", "two_body.resolvent")),
    misprint(
        "(2.21)",
        "B = +V̂(Δ_{−k}f₀(k₁)∫h dṽ₁ + Δ_kf₀(v₂)∫h dṽ₁)",
        "B is taken from K₂, f₀(v₁) for f₀(k₁), and dṽ₂ in the second integral",
        "the sign, as in (2.16)",
    ),
    misprint(
        "Proposition 2.5",
        "ħN‖∂_t(f_L − f)‖ ≲ (ħ/L)e^(4‖V̂‖_∞t/ħ) in total variation",
        "in a norm in which sums over a lattice tend to integrals",
        "masses on a lattice are as far from a density as can be in total variation, for every L; the rate "
        "of |v|⁴ is that of L = ∞ (`test_a_torus_is_infinite_until_particles_have_gone_around_it`)",
    ),
    misprint(
        "Lemma 2.6",
        "‖B‖ ≤ 4(2π)^(−d)‖V̂‖_∞‖f₀‖, and so ‖B_L‖ and ‖B − B_L‖",
        "4‖V̂‖_∞‖f₀‖",
        "(2.21) has no (2π)^(−d), and a narrow f₀ reaches the 4; f₀ − f_{0,L} does not tend to zero, by "
        "Proposition 2.5",
    ),
    follows(
        "Proposition 2.7",
        "the rate, smoothed in t, is an integral over the resolvent of K₂ ± B",
        "(2.19), by Laplace's transform in time and with the constant of (2.22) corrected",
    ),
    misprint(
        "(2.22)",
        "N∫⟨∂_tf φ⟩dt = ∫dα/(iπħ)⟨φ̃(T − T′)/(1+iα)⟩",
        "i∫dα/ħ",
        "a factor −π: the 1/2π of φ̃ is there twice, with the factor 2 of (2.16) in it",
    ),
    definition(
        "(2.23)",
        "T(ω,k,v₁) = V̂(2π)^(−d)⟨(K₂+B−ω)⁻¹A⟩_{v₂}",
        "K₂ − B in the corrected system",
    ),
    claim(
        "Proposition 2.8",
        "T − T′ is bounded and has a limit as ω → 0, ℑω > |ℜω|",
        "(2.24)",
        "(2.24), corrected",
        "(2.25)",
        "(2.25), corrected",
        narrower="one k and v₁ of one datum",
    ),
    misprint(
        "(2.24)",
        "|T − T′| ≲ V̂²‖⟨v⟩²⟨∇⟩²f₀‖²_∞log(1+|ℜω|/|ℑω|)²",
        "log(2+|ℜω|/|ℑω|)², and ⟨v⟩^2d",
        "for ℜω = 0 the right side vanishes and the left does not",
        "(2.24)",
        "(2.24), corrected",
    ),
    misprint(
        "(2.25)",
        "lim(T − T′)/2πi = V̂²⟨(f₁′f₂′ − f₁f₂)δ⟩/((2π)^d|ε̃|²)",
        "f₁f₂ − f₁′f₂′",
        "the sign, made good by that of (2.22)",
        "(2.25)",
        "(2.25), corrected",
    ),
    misprint(
        "(2.26)",
        "L₁h = Δ_{−k}E(v₁)h + V̂Δ_{−k}f₀(v₁)⟨h⟩_{k̃₁}",
        "−V̂, and ṽ₁ for k̃₁",
        "as K₂ − B, whose half it is",
    ),
    misprint(
        "(2.27)",
        "L₂h = Δ_kE(v₂)h + V̂Δ_kf₀(v₂)⟨h⟩_{k̃₂}",
        "−V̂, and ṽ₂ for k̃₂",
        "as K₂ − B, whose other half it is",
    ),
    misprint(
        "(2.28)",
        "(K₂+B_L−ω)⁻¹ = ∫(L₂+β−ω/2)⁻¹(L₂−β−ω/2)⁻¹dβ/2πi",
        "L₁ for the second L₂, and B for B_L",
        "nothing: (2.33) has it right",
    ),
    misprint(
        "(2.29)",
        "(L₁−ω)⁻¹h = h/(Δ_{−k}E−ω) − (V̂/ε̃(−k,ω))Δ_{−k}f₀/(Δ_{−k}E−ω)⟨h/(Δ_{−k}E−ω)⟩",
        "+V̂/ε̃",
        "as K₂ − B: with (2.26) and (2.31) as published it is right",
    ),
    misprint(
        "(2.30)",
        "(L₂−ω)⁻¹h = h/(Δ_kE−ω) − (V̂/ε̃(k,ω))Δ_kf₀/(Δ_kE−ω)⟨h/(Δ_kE−ω)⟩",
        "+V̂/ε̃",
        "as K₂ − B: with (2.27) and (2.31) as published it is right",
    ),
    misprint(
        "(2.31)",
        "ε̃(k,ω) = 1 + V̂⟨Δ_kf₀(k∗)/(Δ_kE(v∗)−ω)⟩",
        "1 − V̂⟨Δ_kf₀(v∗)/(Δ_kE(v∗)−ω)⟩",
        "the same as in (1.12), which it is at ω = i0 − Δ_{−k}E(v₁)",
        "(2.31)",
        "(2.31), corrected",
    ),
    pending(
        "Lemma 2.9",
        "ε̃ is holomorphic for ℑω ≠ 0 and |ε̃| > η for small ‖V‖₁‖⟨v⟩^2d⟨∇⟩²f₀‖_∞",
        "ε at complex ω: its least absolute value against the smallness, and at which strength it vanishes",
    ),
    pending(
        "(2.32)",
        "|1 − ε̃| ≲ ‖⟨v⟩^2d⟨∇⟩²f₀‖_∞ /|ℑω|, and …/|ℜω| if |ℜω| > 4ħ²|k|²",
        "ε at complex ω, on rays to infinity",
    ),
    misprint(
        "(2.33)",
        "⟨(L₂+β−ω/2)⁻¹(L₁−β−ω/2)⁻¹A⟩ = (V̂/ε̃)⟨…⟩ − V̂²/(ε̃ε̃)…",
        "+V̂²/(ε̃ε̃)",
        "as K₂ − B: with (2.29) and (2.31) as published it is right",
    ),
)
"""Section 2."""

DIELECTRIC: tuple[Statement, ...] = (
    misprint(
        "Proposition 3.1",
        "ε_ħ = 1 + V̂∫₁²ds∫k̂·∇Φ(v∗−sħk)/(k̂·(v−v∗)−i0)dv∗, in its proof",
        "∫₀¹ds and Φ(v∗+sħk)",
        "ε_ħ itself, by shifts of a in w; none of (3.2) to (3.4), which do not feel them",
        "(3.1)",
        "(3.2)",
        "(3.3)",
        "(3.3), corrected",
        "(3.4)",
    ),
    claim(
        "(3.1)",
        "|ε₀(M,k,v)| ≃ 1, also at ω with ℑω > 0",
        narrower="real ω = k·v, algebraic V̂; for ℑω > 0 1/ε₀ is largest on the real line, as ε₀ has no zero "
        "there (`test_the_half_plane_of_growing_waves_has_no_root_and_its_least_epsilon_on_its_edge`)",
    ),
    claim(
        "(3.2)",
        "|ε_ħ(Φ) − ε_ħ(Φ̃)| ≲ ‖f − f̃‖₃",
        narrower="which index it needs, for ħ = 0 and |w| ≤ 2",
    ),
    misprint(
        "(3.3)",
        "|ε_ħ(Φ) − ε₀(Φ)| ≲ ħ‖f‖₂",
        "ħ(1 + ‖f‖₃)",
        "it fails at f = 0, where the left side is of order ħ, and over ‖f‖₂ ≤ 1, where it is of order ħ^½ "
        "(at |k| = 1, |w| ≤ 2)",
        "(3.3)",
        "(3.3), corrected",
    ),
    claim(
        "(3.4)",
        "|∇_k^r∇_v^q ε_ħ| ≲ (⟨k⟩⟨v⟩/|k|)^r(1 + ‖f‖_{r+q+2})",
        narrower="r = 1, q = 0, f = 0, ħ = 0",
    ),
    claim(
        "Corollary 3.2",
        "|ε_ħ(Φ,k,v)| ≃ 1 for ħ < ħ₀, ‖f‖₃ < C₀",
        narrower="from below, f = 0, ħ = 0.1 and 1; C₀ and ħ₀ are not measured",
    ),
    definition("Definition 3.1", "H_ħ, with the norm (3.5), and H₀, with (3.7)"),
    used(
        "(3.5)",
        "‖g‖²_ħ = (c_d/ħ²)∫[(g₁−g₁′)²M₂ + g₁²(√M₂−√M₂′)²]V̂²δ|ε_ħ(M)|⁻²",
        _by("linearised_operator.forms"),
    ),
    misprint(
        "(3.6)",
        "A(v) = (c_d/√2π)∫V̂²k⊗k|ε₀|⁻²e^(−w²/2)dk",
        "k⊗k/|k|",
        "the weight of k, which the first form of the same display has from δ(k·(v−v∗))",
        "(3.6)",
    ),
    misprint(
        "(3.7)",
        "‖g‖₀ = ∫∇g·A∇g + ∫g²v·Av",
        "‖g‖₀² = ∫∇g·A∇g + ¼∫g²v·Av",
        "the limit of (3.5), in which (√M₂−√M₂′)² is ¼(ħk·v₂)²M₂",
    ),
    claim(
        "Proposition 3.3",
        "(3.8) and its parts, for ħ < ħ₀ and 0 < α ≤ ½",
        "(3.8)",
        "(3.9), (3.11)",
        narrower="α = 0.1 and ½, isotropic g of 6 and 8 Laguerre functions, s > d + 1",
    ),
    misprint(
        "(3.8)",
        "ħ⁻²∫(g₁−g₁′)²(V̂²/|k|)e^(−αw²)dk dv₁ + ‖⟨v⟩^(−½)g‖² ≃ ‖g‖_ħ",
        "‖g‖²_ħ",
        "the square, as the left side is quadratic in g",
        "(3.8)",
    ),
    misprint(
        "(3.9)",
        "ħ⁻²∫g₁²(M₂^α−M₂′^α)²V̂²δM₁M₂dk dv₂dv₁ ≲ ‖⟨v⟩^(−½)g‖²",
        "without M₁M₂",
        "with it the left side is less than the part of (3.5) to be bounded; measured as ħ → 0, α = ½",
        "(3.9), (3.11)",
    ),
    used(
        "(3.10)",
        "k = |k|(√(1−x²)σ + x v₁/|v₁|), with x in [−1,1] and σ in S^(d−2)",
        _by("interaction.directions", "linearised_operator.classical_norm"),
    ),
    claim(
        "(3.11)",
        "ħ⁻²∫g₁²(M₂^α−M₂′^α)²V̂²δ ≳ ‖|v|⟨v⟩^(−3/2)g‖² − Cħ²‖⟨v⟩^(−½)g‖²",
        "(3.9), (3.11)",
        narrower="ħ → 0, α = ½; Cħ² is not measured",
    ),
)
"""Sections 3.1 and 3.2."""

KERNELS: tuple[Statement, ...] = (
    follows(
        "(3.12)",
        "the first part of ∫gL_ħg is ½‖g‖²_ħ",
        "(3.5), before and after exchanged in its second term",
    ),
    follows(
        "(3.13)",
        "the second part, (c_d/ħ²)∫(g₁−g₁′)g₁′√M₂(√M₂−√M₂′)V̂²δ|ε|⁻²",
        "the square of ∫gL_ħg; before and after exchanged, it is (3.21) with √M₂′ for the first √M₂",
    ),
    misprint(
        "(3.14)",
        "the third part, (c_d/2ħ²)∫(g₁√M₂−g₁′√M₂′)(g₂√M₁−g₁′√M₂′)…",
        "g₂′√M₁′ for the last g₁′√M₂′",
        "without it the three parts are not ∫gL_ħg",
    ),
    misprint(
        "Proposition 3.4",
        "K_ħ = (c_d/ħ²)∫V̂²(… − √(M₁″M₂)… − √(M₁M₂″)…)dk, four terms, in its proof",
        "½c_d, √(M₁″M₂′) and √(M₁′M₂″)",
        "(3.15) is half of what the proof calls K_ħ, and its two middle terms shift both velocities",
        "(3.16)",
        "(3.16), corrected",
        "(3.17)",
        "(3.17), corrected",
    ),
    used(
        "(3.15)",
        "(c_d/ħ²)∫(g₂√M₁−g₂′√M₁′)V̂²δ|ε_ħ|⁻²√M₂ = ∫K_ħ(v₁,v₂)g(v₂)dv₂",
        _by("interaction_kernel.pointwise", "interaction_kernel.weyl_symbol"),
    ),
    claim(
        "(3.16)",
        "|K_ħ| ≤ C(1+|v₁|²+|v₂|²)(M₁M₂)^(1/5)|v₁−v₂|⁻³",
        "(3.16)",
        "(3.16), corrected",
        narrower="the largest constant over four mean velocities and eleven distances",
    ),
    misprint(
        "(3.17)",
        "K_ħ → K₀ = −(∇₁−v₁/2)⊗(∇₂−v₂/2):∫k⊗kV̂²δ(k·(v₂−v₁))|ε₀|⁻²√(M₁M₂)dk",
        "½c_d times that",
        "the limit, by a factor; measured at one pair",
        "(3.17)",
        "(3.17), corrected",
    ),
    claim(
        "Remark 3.1",
        "|∫K_ħgh| ≲ ‖⟨v⟩^(−½)g‖‖⟨v⟩^(−½)h‖ for d ≥ 4, and not for d = 2, 3",
        "Remark 3.1",
        "Remark 3.1, d < 4",
        narrower="four speeds, and smooth and oscillating functions; published with the integrability of "
        "1/|v| for that of |v|⁻³",
    ),
    definition("(3.18)", "K_ħ = K^< + K^>"),
    definition(
        "(3.19)",
        "K^>, the part of |k| ≥ |v₁−v₂|/4ħ",
        "with the four terms of Proposition 3.4, and their misprints",
    ),
    claim(
        "(3.20)",
        "|K^<| ≤ C(M₁M₂)^(1/5)|v₁−v₂|⁻³",
        "(3.16)",
        "(3.16), corrected",
        narrower="K^< + K^> together",
    ),
    claim(
        "Proposition 3.5",
        "(3.21) and (3.22)",
        "(3.21)",
        "(3.21), corrected",
        "(3.22)",
        "(3.22), corrected",
        narrower="one smooth g in the sectors 0 and 2",
    ),
    claim(
        "(3.21)",
        "(c_d/ħ²)∫(g₁−g₁′)g₁√M₂(√M₂−√M₂′)V̂²δ|ε_ħ|⁻² = ∫K̃₀g² + O(ħ‖g‖²_ħ)",
        "(3.21)",
        "(3.21), corrected",
        narrower="as Proposition 3.5",
    ),
    misprint(
        "(3.22)",
        "K̃₀ = ¼c_d div(v₁∫k⊗kV̂²δ|ε₀|⁻²M₂dk dv₂) = O(⟨v⟩⁻³)",
        "−¼c_d div(…)",
        "the sign; the last line of the proof has it right",
        "(3.22)",
        "(3.22), corrected",
    ),
    follows(
        "(3.23)",
        "the left side of (3.21) = (c_d/4ħ²)∫[(g₁²−g₁′²)(M₂−M₂′) + (g₁−g₁′)²(√M₂−√M₂′)²]…",
        "its mean with what it becomes when before and after are exchanged",
    ),
    misprint(
        "(3.24)",
        "ϖ = a⁻²{[e^(−(w+a)²/2) − e^(−(w+a)²/2)]/|ε(v₁)|² − [e^(−(w+a)²/2) − e^(−(w+2a)²/2)]/|ε(v₁″)|²}",
        "a⁻²{[e^(−(w+a)²/2) − e^(−w²/2)]/|ε(v₁)|² − [e^(−w²/2) − e^(−(w−a)²/2)]/|ε(v₁−ħk)|²}",
        "the first bracket vanishes as published, and ϖ has no limit as ħ → 0",
    ),
    pending(
        "(3.25)",
        "|ϖ| ≲ ∫₀²e^(−(w+sa)²/4)ds",
        "the largest quotient over w and a, with s from −1 to 1 as (3.24) is corrected",
    ),
    follows(
        "(3.26)",
        "ϖ → d/dw(−w e^(−w²/2)|ε₀|⁻²) as ħ → 0",
        "(3.24) as corrected, a second difference",
    ),
    pending(
        "(3.27)",
        "|ϖ(ħ) − ϖ(0)| ≲ ħ(1+|k|)∫₀²e^(−(w+sa)²/4)ds for ħ|k| ≤ 1",
        "the same over ħ; the order is 2, as the corrected (3.24) is even in a",
    ),
    follows("(3.28)", "K̃_ħ as an integral over |k| and x", "(3.24) and (3.10)"),
    misprint(
        "(3.29)",
        "K̃₀ = c_d|S^(d−2)|/(4√2π)∫V̂²|k|^d(1−x²)^((d−3)/2)ϖ(k,|v₁|x,ħ)dx d|k|",
        "ϖ(k,|v₁|x,0)",
        "as published it is K̃_ħ, (3.28)",
    ),
    follows(
        "(3.30)",
        "what |k| > 1/ħ adds to K̃_ħ − K̃₀ is ≲ ħ²/⟨v₁⟩",
        "(3.25), if V̂² ≲ |k|^(−d−3), which (1.31) gives as corrected and not as published",
    ),
    follows(
        "(3.31)",
        "what |k| < 1/ħ adds is ≲ ħ/⟨v₁⟩",
        "(3.27), if ∫V̂²|k|^(d+1)d|k| is finite, s > d + 2 in V̂² ~ |k|^(−s)",
    ),
    follows(
        "(3.32)",
        "what (1−x²)^((d−3)/2) − 1 adds to K̃₀ is ≲ ⟨v₁⟩⁻³",
        "(3.26), as that is ≲ x² but near x = ±1; it vanishes in d = 3, and the cut at 1/ħ is not of K̃₀",
    ),
    follows(
        "(3.33)",
        "the rest of K̃₀ is ≲ e^(−|v₁|²/4)/⟨v₁⟩",
        "(3.26), whose derivative is integrated to its ends x = ±1; published without ¼",
    ),
    claim(
        "(3.34)",
        "ħ⁻²∫(g₁−g₁′)²(√M₂−√M₂′)²V̂²δ|ε_ħ|⁻² ≲ ħ‖g‖²_ħ",
        "(3.21)",
        "(3.21), corrected",
        narrower="as a part of the error of (3.21)",
    ),
)
"""Section 3.3."""

DISSIPATION: tuple[Statement, ...] = (
    claim(
        "Proposition 3.6",
        "(3.35), for d ≥ 4 and ħ < ħ₀",
        "(3.35)",
        "(3.35), d < 4",
        narrower="sectors l ≤ 3, 8 and 12 Laguerre functions each, which bound λ_ħ from above",
    ),
    misprint(
        "(3.35)",
        "C∫gL_ħg ≥ ‖π₀g‖²_ħ",
        "‖(1−π₀)g‖²_ħ",
        "g = √M makes the left side zero and not the right; the text after Theorem 2 has π₀ and ≤",
        "(3.35)",
        "(3.35), d < 4",
    ),
    claim("Lemma 3.7", "(3.36)", "(3.36)", narrower="as (3.36)"),
    claim(
        "(3.36)",
        "‖g‖_ħ′ ≤ C‖g‖_ħ for 0 ≤ ħ < ħ′",
        narrower="l ≤ 2, smooth g, ħ′ ≤ 1",
    ),
    unmeasurable(
        "Lemma 3.8",
        "a subsequence of g_n converges in L²_loc, to a g_∞ in H¹_loc",
        "it says that a subsequence exists; its number is (3.37)",
    ),
    pending(
        "(3.37)",
        "‖g_∞‖₀ ≤ 1 if ‖g_n‖_{ħ_n} = 1",
        "‖g‖₀ against lim inf‖g‖_ħ over a basis, from the Gram matrices of `linearised` as ħ → 0",
    ),
    pending(
        "Proposition 3.9",
        "(3.38)",
        "the largest eigenvalue of a form of rank d + 2, from the Gram matrices of `linearised`",
    ),
    pending("(3.38)", "‖π₀[(∇−v/2)g]‖_ħ ≲ min(‖g‖_ħ, ‖g‖)", "as Proposition 3.9, against either norm"),
)
"""Section 3.4."""

NONLINEAR: tuple[Statement, ...] = (
    misprint(
        "(3.39)",
        "Λ(p) = ∫(p√M(v₃) − p√M(v₃+ħk))/(ħk·(v₃−v₁−ħk) + i0)dv₃",
        "ħk·(v₃−v₁) + i0",
        "V̂Λ(p) is then ε_ħ(M+√Mp) − ε_ħ(M), and at v₁+ħk as published; no bound feels it",
    ),
    pending(
        "Proposition 3.10",
        "(3.40) and (3.41)",
        "best constants over pairs of Hermite functions along k, and their growth with the degree and 1/ħ",
    ),
    pending(
        "(3.40)",
        "∫|ΔΔ(f√M∗)||ΔΔ(gh∗)|V̂²δħ⁻² ≲ ‖f‖_ħ‖g‖_ħ‖h‖₃",
        "as Proposition 3.10: absolute values, so a quadrature over v₁, v₂ and k",
    ),
    pending(
        "(3.41)",
        "the same with |Λ(p)|V̂³ ≲ ‖f‖_ħ‖p‖_ħ‖g‖₂‖h‖₂",
        "as (3.40), with Λ from `dielectric`",
    ),
    misprint(
        "(3.42)",
        "ħ⁻²∫[Λ(p)(h₁g₂−h₁′g₂′)V̂²]²V̂²δ ≲ ‖p‖²_ħ‖g‖₁‖h‖₁",
        "‖p‖²_ħ‖g‖₁²‖h‖₁², and dk for dσ",
        "the degree in g and h; the bound is not measured, which takes what (3.41) takes",
    ),
    misprint(
        "Proposition 3.11",
        "ħ⁻²δ(k·(v₂−v₁−ħk))dk = 4ħ^(d−1)|v₁−v₂|^(d−2)dσ, in its proof",
        "2^(1−d)ħ^(−d−1)|v₁−v₂|^(d−2)dσ",
        "powers of ħ and 2 of the kernel of (1.21); its three bounds on Q_ħ and L_ħ in H^r are not measured, "
        "which takes what Proposition 3.10 takes for each r",
    ),
    pending(
        "Proposition 3.12",
        "h ↦ g, the solution of (3.43), contracts a ball of C_b(H^r) ∩ L²(H^r_ħ), d ≥ 4",
        "`wellposed.kinetics.lenard_balescu.evolve` with the screening of an h that is given, iterated",
    ),
    misprint(
        "(3.43)",
        "∂_tg − L_ħg = Q_ħ(g,h)",
        "∂_tg + L_ħg",
        "as (QLB_ħ) and the proof have it: with the sign as published all but collision invariants grow",
    ),
)
"""Section 3.5."""

LIMIT: tuple[Statement, ...] = (
    claim(
        "Proposition 4.1",
        "(4.1) and (4.2), for d ≥ 4",
        "(4.1)",
        "(4.1), corrected",
        "(4.1), d < 4",
        "(4.2)",
        "(4.2), corrected",
        "(4.2), d < 4",
        narrower="the order in ħ; how it depends on the norms of f, g and h is not measured",
    ),
    claim(
        "(4.1)",
        "∫fL_ħg = ∫fL₀g + O(ħ(‖f‖_ħ+‖f‖)‖g‖₄)",
        "(4.1)",
        "(4.1), corrected",
        "(4.1), d < 4",
        narrower="f = g = √M|v|⁴",
    ),
    claim(
        "(4.2)",
        "∫fQ_ħ(g,h) = ∫fQ₀(g,h) + O(ħ(‖f‖_ħ+‖f‖)‖g‖₄‖h‖₄)",
        "(4.2)",
        "(4.2), corrected",
        "(4.2), d < 4",
        narrower="−L_ħ + Q_ħ at g = h, one radial datum, in the norm of L²",
    ),
    pending(
        "(4.3)",
        "the same for ∫(f₁√M₂−f₁′√M₂′)(g₁h₂−g₁′h₂′)V̂²δħ⁻²|ε_ħ(F_p)|⁻², with one p in ε",
        "`wellposed.kinetics.lenard_balescu.collision_operator.weak_form` with a p of its own in ε",
    ),
)
"""Section 4."""

SHORT_TIME: tuple[Statement, ...] = (
    follows(
        "Proposition 5.1",
        "Q_ħ and L_ħ are bounded by ħ⁻² in H^r, d ≥ 2",
        "Proposition 3.11 and ‖g‖_ħ ≲ ħ⁻¹‖g‖, whose power of ħ is measured",
        "Theorem 3",
    ),
    used(
        "(5.1)",
        "|ε_ħ(M+√Mg₀)| ≥ 1/C, ‖g₀‖_r ≤ C",
        _by("experiments.existence") + ", which follows the least |ε| in time",
    ),
    pending(
        "Proposition 5.2",
        "the map of (5.2) contracts a ball of C([0,T],H^r) for T < c₀ħ²C^(−2r−4)",
        "as Proposition 3.12; and data of small |ε|, on which the power of C can be seen",
    ),
    misprint(
        "(5.2)",
        "∂_tg − L_ħg = Q_ħ(g,h)",
        "∂_tg + L_ħg",
        "as (3.43); up to c₀ħ² either sign has a solution, L_ħ being bounded",
    ),
)
"""Section 5."""

STATEMENTS: tuple[Statement, ...] = (
    *INTRODUCTION,
    *TIME_ZERO,
    *DIELECTRIC,
    *KERNELS,
    *DISSIPATION,
    *NONLINEAR,
    *LIMIT,
    *SHORT_TIME,
)
"""All of them, in the order of the paper."""
